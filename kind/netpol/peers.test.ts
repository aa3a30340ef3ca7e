import type { V1NetworkPolicy } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { chainOf, manifest, namespaces, pods, policy, rulesOf, textOf } from './examples.ts';
import { isolations } from './rules.ts';

describe('peers of a rule', () => {
  test.for([
    [
      'a podSelector alone means the own namespace',
      '{ podSelector: { matchLabels: { uniform: "yes" } } }',
      ['bank/clerk'],
    ],
    [
      'a namespaceSelector alone means all pods there',
      '{ namespaceSelector: { matchLabels: { trade: shop } } }',
      ['shop/till'],
    ],
    [
      'both in one peer must hold',
      '{ namespaceSelector: { matchLabels: { trade: bank } }, podSelector: { matchLabels: { uniform: "yes" } } }',
      ['bank/clerk'],
    ],
    [
      'of two peers one is enough',
      '{ podSelector: { matchLabels: { app: vault } } }, { namespaceSelector: { matchLabels: { trade: street } } }',
      ['bank/vault', 'street/thief'],
    ],
    [
      'the empty namespaceSelector is every namespace',
      '{ namespaceSelector: {} }',
      ['bank/clerk', 'bank/vault', 'shop/till', 'street/thief'],
    ],
    ['the empty podSelector is every pod of the own namespace', '{ podSelector: {} }', ['bank/clerk', 'bank/vault']],
    ['selectors that match nobody open nothing', '{ podSelector: { matchLabels: { app: ghost } } }', []],
  ] as const)('%s', ([, from, expected]) => {
    const [rule] = rulesOf(`podSelector: {}\ningress: [{ from: [${from}] }]`);
    expect(rule?.peers?.pods?.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(expected);
  });

  test('are read from events of a watch, which carry `from`, as from lists, which carry `_from`', () => {
    const spec = 'podSelector: {}\ningress: [{ from: [{ podSelector: { matchLabels: { app: clerk } } }] }]';
    const watched = isolations({ pods, namespaces, policies: [parse(manifest(spec)) as V1NetworkPolicy] });
    expect(watched).toEqual(isolations({ pods, namespaces, policies: [policy(spec)] }));
    expect(watched[0]?.rules[0]?.peers?.pods).toHaveLength(1);
  });

  test('in a namespace whose labels are not known yet match no namespaceSelector', () => {
    const view = {
      pods,
      namespaces: namespaces.slice(0, 1),
      policies: [policy('podSelector: {}\ningress: [{ from: [{ namespaceSelector: {} }] }]')],
    };
    expect(isolations(view)[0]?.rules[0]?.peers?.pods?.map(({ name }) => name)).toEqual(['clerk', 'vault']);
  });

  test.for([
    ['absent', '{}'],
    ['empty', '{ from: [] }'],
  ] as const)('that are %s mean everybody', ([, rule]) => {
    expect(chainOf(`podSelector: {}\ningress: [${rule}]`)).toEqual(['accept']);
  });

  test('of an ipBlock lose what except cuts out, also where exceptions overlap', () => {
    const text = textOf(
      'podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.1.2.0/24] } }] }]',
    );
    expect(text).toMatch(/10\.0\.0\.0-10\.0\.255\.255,\s+10\.2\.0\.0-10\.255\.255\.255\s/);
  });

  test('of an IPv6 block are nobody', () => {
    expect(textOf('podSelector: {}\ningress: [{ from: [{ ipBlock: { cidr: "fd00::/8" } }] }]')).toMatch(
      /rule1\/blocks \{\s+type ipv4_addr; flags interval\s+\}/,
    );
  });
});
