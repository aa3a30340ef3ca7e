import { expect, test } from 'vitest';

import { withoutMemory } from './dns.ts';

/** As k3s 1.36 ships it: manifests/coredns.yaml of k3s-io/k3s, the domain filled in. */
const k3s = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
    }
    hosts /etc/coredns/NodeHosts {
      ttl 60
      reload 15s
      fallthrough
    }
    prometheus :9153
    cache 30
    loop
    reload
    loadbalance
    import /etc/coredns/custom/*.override
    forward . /etc/resolv.conf
}
import /etc/coredns/custom/*.server
`;

/** As kubeadm 1.36 writes it, and so kind: cmd/kubeadm/app/phases/addons/dns/manifests.go, the domain filled in. */
const kubeadm = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

test("k3s's kubernetes block gets a lifetime of 0, its hosts block keeps its own, and the cache goes", () => {
  const before = k3s.split('\n');
  const after = withoutMemory(k3s).split('\n');
  expect(after.filter((line) => !before.includes(line)).map((line) => line.trim())).toEqual(['ttl 0']);
  expect(before.filter((line) => !after.includes(line)).map((line) => line.trim())).toEqual(['cache 30']);
  expect(after[after.findIndex((line) => line.includes('kubernetes')) + 1]).toContain('ttl 0');
});

test("kubeadm's lifetime becomes 0, and the cache goes with its whole block", () => {
  const expected = kubeadm.replace('ttl 30', 'ttl 0').replace(/ {4}cache 30 \{[^}]*\}\n/, '');
  expect(withoutMemory(kubeadm)).toBe(expected);
});

test('plugins without a block are read too', () => {
  expect(withoutMemory('.:53 {\n    kubernetes cluster.local\n    cache\n}\n')).toBe(
    '.:53 {\n    kubernetes cluster.local {\n        ttl 0\n    }\n}\n',
  );
});

test.each([k3s, kubeadm])('what is right already stays as it is, and braces stay in pairs', (corefile) => {
  const changed = withoutMemory(corefile);
  expect(withoutMemory(changed)).toBe(changed);
  expect(changed.match(/\{/g)).toHaveLength(changed.match(/\}/g)?.length ?? 0);
});
