import { spawnSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { namespaces, pods, policy } from './examples.ts';
import { render } from './render.ts';
import { isolations } from './rules.ts';

describe('the table', () => {
  const representative = `podSelector: { matchLabels: { app: vault } }
policyTypes: [Ingress, Egress]
ingress:
- from: [{ podSelector: { matchLabels: { app: clerk } } }, { ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8] } }]
  ports: [{ port: web }, { port: 80, endPort: 90 }, { port: 3, protocol: SCTP }, { protocol: UDP }]
- from: [{ podSelector: { matchLabels: { app: ghost } } }]
egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: web }] }]`;

  test('sends a pod through the policies that select it, and drops what none of them accepts', () => {
    const policies = [policy('podSelector: {}', 'deny'), policy(representative, 'only-the-clerk')];
    const { text } = render(isolations({ pods, namespaces, policies }));
    expect(text).toContain('10.244.0.5 comment "bank/vault" : goto ingress-of/bank/');
    expect(text).toMatch(/jump ingress\/bank\/deny\n\s+jump ingress\/bank\/only-the-clerk\n\s+counter drop\n/);
  });

  test('does not depend on the order in which objects arrived', () => {
    const policies = [policy('podSelector: {}', 'deny'), policy(representative, 'only-the-clerk')];
    const { text } = render(isolations({ pods, namespaces, policies }));
    expect(render(isolations({ pods: pods.toReversed(), namespaces, policies: policies.toReversed() })).text).toBe(
      text,
    );
  });

  test('survives names of full length', () => {
    const long = policy('podSelector: {}', 'x'.repeat(253));
    const { text } = render(isolations({ pods, namespaces, policies: [long] }));
    expect(Math.max(...(text.match(/[\w/.-]+/g) ?? []).map((word) => word.length))).toBeLessThan(256);
  });

  test.skipIf(nftMissing())(`is accepted by nft${nftMissing() ? ` (skipped: ${nftMissing()})` : ''}`, () => {
    const policies = [policy(representative), policy('podSelector: {}', 'x'.repeat(253))];
    const { text } = render(isolations({ pods, namespaces, policies }));
    expect(spawnSync('nft', ['-c', '-f', '-'], { input: text, encoding: 'utf8' })).toMatchObject({
      stderr: '',
      status: 0,
    });
  });
});

function nftMissing(): string {
  if (process.getuid?.() !== 0) return 'nft needs root';
  return spawnSync('nft', ['-c', '-f', '-'], { input: 'table inet probe\n' }).status === 0
    ? ''
    : 'no nft that works here';
}
