import { expect, test } from 'vitest';

import { missesControlPlane } from './control-plane.ts';

const refusal = (webhook: string, reason: string) =>
  `Error from server (InternalError): Internal error occurred: failed calling webhook "${webhook}": failed to call webhook: ${reason}`;

test.each([
  ['rev.validation.istio.io', 'no endpoints available for service "istiod"'],
  ['validation.istio.io', 'dial tcp 10.96.7.1:443: connect: connection refused'],
  ['validation.istio.io', 'context deadline exceeded'],
])('without istiod %s is missed: %s', (webhook, reason) => {
  expect(missesControlPlane(refusal(webhook, reason), 'validation.istio.io')).toBe(true);
});

test.each([
  ['another webhook', refusal('policy.example.org', 'connection refused')],
  ['the other webhook of istiod', refusal('object.sidecar-injector.istio.io', 'connection refused')],
  ['an answer of somebody else', refusal('validation.istio.io', 'tls: failed to verify certificate')],
  ['a manifest that istiod has refused', 'admission webhook "validation.istio.io" denied the request: no hosts'],
])('%s is not that', (_, said) => {
  expect(missesControlPlane(said, 'validation.istio.io')).toBe(false);
});
