import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';

import { namespaces, pods, policy, textOf } from './examples.ts';
import { isolations } from './rules.ts';

describe('pods that a policy isolates', () => {
  test("are those that the selector names in the policy's own namespace, and no policy means none", () => {
    expect(isolated('podSelector: { matchLabels: { uniform: "yes" } }')).toEqual({ ingress: ['bank/clerk'] });
    expect(isolations({ pods, namespaces, policies: [] })).toEqual([]);
  });

  test('are all of the namespace if the selector is empty', () => {
    expect(isolated('podSelector: {}')).toEqual({ ingress: ['bank/clerk', 'bank/vault'] });
  });

  test.for([
    ['without policyTypes, for ingress', '', ['ingress']],
    ['without policyTypes but with egress rules, for both', 'egress: [{}]', ['ingress', 'egress']],
    ['without policyTypes and with no egress rule in the list, for ingress', 'egress: []', ['ingress']],
    ['with an empty list of policyTypes, as without', 'policyTypes: []', ['ingress']],
    ['with Egress alone, for egress, whatever ingress rules say', 'policyTypes: [Egress]\ningress: [{}]', ['egress']],
    ['with both, for both', 'policyTypes: [Egress, Ingress]', ['ingress', 'egress']],
  ] as const)('are isolated %s', ([, spec, directions]) => {
    expect(Object.keys(isolated(`podSelector: {}\n${spec}`))).toEqual(directions);
  });

  test.for([
    ['on the network of the node', (one) => void (one.spec!.hostNetwork = true)],
    ['that succeeded', (one) => void (one.status!.phase = 'Succeeded')],
    ['that failed', (one) => void (one.status!.phase = 'Failed')],
    ['without an address yet', (one) => void delete one.status!.podIP],
  ] as readonly [string, (one: V1Pod) => void][])('are neither target nor peer %s', ([, change]) => {
    const changed = structuredClone(pods);
    change(changed[1]!);
    const text = textOf('podSelector: {}\ningress: [{ from: [{ podSelector: {} }] }]', changed);
    expect(text).toContain('bank/vault"');
    expect(text).not.toContain('bank/clerk"');
  });
});

function isolated(spec: string): Record<string, string[]> {
  const found = isolations({ pods, namespaces, policies: [policy(spec)] });
  return Object.fromEntries(
    found.map(({ direction, selected }) => [direction, selected.map(({ namespace, name }) => `${namespace}/${name}`)]),
  );
}
