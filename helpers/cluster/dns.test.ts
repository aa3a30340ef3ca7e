import { expect, test } from 'vitest';

import { withoutMemory } from './dns.ts';

const k3s = `.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    cache 30
    loop
}
`;

test('a Corefile without a lifetime gets ttl 0, and loses its cache', () => {
  const changed = withoutMemory(k3s);
  expect(changed).toContain('ttl 0');
  expect(changed).not.toContain('cache');
  expect(changed).toContain('fallthrough');
});

test('a lifetime that is there becomes 0, and what is right already stays as it is', () => {
  const changed = withoutMemory(k3s.replace('pods insecure', 'pods insecure\n      ttl 30'));
  expect(changed.match(/ttl/g)).toHaveLength(1);
  expect(withoutMemory(changed)).toBe(changed);
});
