import { spawnSync } from 'node:child_process';

import { loadYaml, type V1NetworkPolicy, type V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { render } from './render.ts';
import { isolations } from './rules.ts';

const pods: V1Pod[] = [
  pod('bank', 'vault', 5, { app: 'vault' }, [
    ['web', 8080],
    ['dns', 53, 'UDP'],
  ]),
  pod('bank', 'clerk', 6, { app: 'clerk', uniform: 'yes' }),
  pod('shop', 'till', 7, { app: 'till', uniform: 'yes' }, [['web', 9090]]),
  pod('street', 'thief', 8, { app: 'thief' }),
];
const namespaces = ['bank', 'shop', 'street'].map((name) => ({ metadata: { name, labels: { trade: name } } }));

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
    ['on the network of the node', (one: V1Pod) => (one.spec!.hostNetwork = true)],
    ['that succeeded', (one: V1Pod) => (one.status!.phase = 'Succeeded')],
    ['that failed', (one: V1Pod) => (one.status!.phase = 'Failed')],
    ['without an address yet', (one: V1Pod) => delete one.status!.podIP],
  ] as const)('are neither target nor peer %s', ([, change]) => {
    const changed = structuredClone(pods);
    change(changed[1]!);
    const text = textOf('podSelector: {}\ningress: [{ from: [{ podSelector: {} }] }]', changed);
    expect(text).toContain('bank/vault"');
    expect(text).not.toContain('bank/clerk"');
  });
});

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

describe('ports of a rule', () => {
  test.for([
    ['a number is TCP by default', '{ port: 80 }', ['tcp dport { 80 } accept']],
    ['endPort makes a range', '{ port: 80, endPort: 90 }', ['tcp dport { 80-90 } accept']],
    [
      'ports that overlap are merged',
      '{ port: 80, endPort: 90 }, { port: 85 }, { port: 443 }',
      ['tcp dport { 80-90, 443 } accept'],
    ],
    [
      'each protocol has its own',
      '{ port: 53, protocol: UDP }, { port: 53 }, { port: 7, protocol: SCTP }',
      ['udp dport { 53 } accept', 'tcp dport { 53 } accept', 'sctp dport { 7 } accept'],
    ],
    [
      'a protocol without a port is all of it',
      '{ protocol: UDP }, { port: 53, protocol: UDP }',
      ['meta l4proto udp accept'],
    ],
  ] as const)('%s', ([, ports, expected]) => {
    expect(chainOf(`podSelector: {}\ningress: [{ ports: [${ports}] }]`)).toEqual(expected);
  });

  test.for([
    ["for ingress the selected pod's own", 'ingress: [{ ports: [{ port: web }] }]', ['10.244.0.5 . tcp . 8080']],
    [
      'for egress that of each destination',
      'policyTypes: [Egress]\negress: [{ ports: [{ port: web }] }]',
      ['10.244.0.5 . tcp . 8080', '10.244.0.7 . tcp . 9090'],
    ],
    [
      'for egress to peers that of these alone',
      'policyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 10.244.0.7/32 } }], ports: [{ port: web }] }]',
      ['10.244.0.7 . tcp . 9090'],
    ],
    [
      'only under its own protocol',
      'ingress: [{ ports: [{ port: dns, protocol: UDP }, { port: dns }] }]',
      ['10.244.0.5 . udp . 53'],
    ],
    ['nothing if no pod has it', 'ingress: [{ ports: [{ port: ghost }] }]', []],
  ] as const)('that are named mean %s', ([, spec, expected]) => {
    expect(textOf(`podSelector: {}\n${spec}`).match(/[\d.]+ \. (tcp|udp|sctp) \. \d+/g) ?? []).toEqual(expected);
  });
});

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

function pod(
  namespace: string,
  name: string,
  last: number,
  labels: Record<string, string>,
  ports: [string, number, string?][] = [],
): V1Pod {
  const named = ports.map(([port, containerPort, protocol]) => ({
    name: port,
    containerPort,
    ...(protocol && { protocol }),
  }));
  return {
    metadata: { namespace, name, labels },
    spec: { containers: [{ name: 'main', ports: named }] },
    status: { phase: 'Running', podIP: `10.244.0.${last}` },
  };
}

function manifest(spec: string, name = 'rule'): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: bank }\nspec:\n  ${spec.replaceAll('\n', '\n  ')}`;
}

function policy(spec: string, name?: string): V1NetworkPolicy {
  return loadYaml<V1NetworkPolicy>(manifest(spec, name));
}

function isolated(spec: string): Record<string, string[]> {
  const found = isolations({ pods, namespaces, policies: [policy(spec)] });
  return Object.fromEntries(
    found.map(({ direction, selected }) => [direction, selected.map(({ namespace, name }) => `${namespace}/${name}`)]),
  );
}

function rulesOf(spec: string) {
  return isolations({ pods, namespaces, policies: [policy(spec)] })[0]?.rules ?? [];
}

function textOf(spec: string, of: V1Pod[] = pods): string {
  return render(isolations({ pods: of, namespaces, policies: [policy(spec)] })).text;
}

function chainOf(spec: string): string[] {
  const body = /chain ingress\/bank\/rule \{([^}]*(?:\{[^}]*\}[^}]*)*?)\n {2}\}/.exec(textOf(spec))?.[1] ?? '';
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
