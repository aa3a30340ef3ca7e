import type { Endpoint } from './endpoints.ts';
import { comment, identifier } from './names.ts';
import { policyChain, renderPolicy, set } from './render-policy.ts';
import type { Direction, Isolation } from './rules.ts';

/** Name of the one table that is ours, in family inet. */
export const table = 'mesh_netpol';

/** What a rule set amounts to, for the log. */
export interface Sizes {
  readonly isolations: number;
  readonly isolatedPods: number;
  readonly chains: number;
  readonly sets: number;
}

/**
 * Text for `nft -f`, which replaces the table as one transaction: at no moment is there none, or half of one.
 *
 * Egress and ingress have a base chain each, so that an accept of the one does not skip the other. A look-up of the pod's
 * address leads to the chain of its set of policies; that one tries policy after policy, and then drops.
 */
export function render(isolations: readonly Isolation[]): { text: string; sizes: Sizes } {
  const policies = isolations.filter(({ selected }) => selected.length > 0).map(renderPolicy);
  const pods = (['egress', 'ingress'] as const).map((direction) => renderPods(direction, isolations));
  const isolated = new Set(isolations.flatMap(({ selected }) => selected.map(({ address }) => address)));
  const itself = set(
    'itself',
    'ipv4_addr . ipv4_addr',
    [...isolated].toSorted().map((ip) => `${ip} . ${ip}`),
  );
  const sets = [itself, ...policies.flatMap((policy) => policy.sets)];
  const chains = [
    ...policies.map(({ chain: name, rules }) => chain(name, rules)),
    ...pods.flatMap((part) => part.chains),
    // After kube-proxy has put a pod in the place of a Service's address.
    base('forward-egress', 'forward priority filter - 1', ['ip saddr vmap @isolated-for-egress']),
    base('forward-ingress', 'forward priority filter + 1', ['ip daddr vmap @isolated-for-ingress']),
    // The API server and whatever else listens on the node. Nothing holds back what the node itself sends to a pod.
    base('input-egress', 'input priority filter', ['ip saddr vmap @isolated-for-egress']),
  ];
  // A first declaration makes the deletion valid where there is no table yet. Maps follow the chains they name.
  const text = `table inet ${table}
delete table inet ${table}
table inet ${table} {
${[...sets, ...pods.map(({ map }) => map), ...chains].join('')}}
`;
  const sizes = {
    isolations: isolations.length,
    isolatedPods: isolated.size,
    chains: chains.length,
    sets: sets.length,
  };
  return { text, sizes };
}

/** One chain for each set of policies that some pod has in common, and the map that leads to it by address. */
function renderPods(direction: Direction, isolations: readonly Isolation[]): { map: string; chains: string[] } {
  const policiesOf = new Map<Endpoint, string[]>();
  for (const { namespace, policy, selected } of isolations.filter((isolation) => isolation.direction === direction)) {
    const jump = `jump ${policyChain(direction, namespace, policy)}`;
    for (const endpoint of selected) policiesOf.set(endpoint, [...(policiesOf.get(endpoint) ?? []), jump]);
  }
  const chains: string[] = [];
  // Two pods with one address exist for a moment when an address is given anew: the first one keeps it.
  const elements = new Map<string, string>();
  const groups = [...Map.groupBy([...policiesOf], ([, jumps]) => jumps.join('\n'))];
  for (const [index, [rules, members]] of groups.entries()) {
    const [[{ namespace }] = [{ namespace: '' }]] = members;
    const name = identifier(`${direction}-of`, namespace, String(index + 1));
    chains.push(chain(name, [...rules.split('\n'), 'counter drop']));
    for (const [pod] of members) {
      if (elements.has(pod.address)) continue;
      elements.set(pod.address, `${pod.address} ${comment(`${pod.namespace}/${pod.name}`)} : goto ${name}`);
    }
  }
  const map = set(`isolated-for-${direction}`, 'ipv4_addr : verdict', [...elements.values()], 'map');
  return { map, chains };
}

function base(name: string, hook: string, rules: readonly string[]): string {
  return chain(name, [
    `type filter hook ${hook}; policy accept;`,
    // A connection is judged when it begins.
    'ct state established,related accept',
    `ip saddr . ip daddr @itself accept ${comment('a pod may always reach itself, also through its Service')}`,
    ...rules,
  ]);
}

function chain(name: string, rules: readonly string[]): string {
  return `  chain ${name} {\n${rules.map((rule) => `    ${rule}\n`).join('')}  }\n`;
}
