import { createHash } from 'node:crypto';

import type { Direction, Opening, RuleSet } from './rules.ts';

/** Name of the one table that is ours. */
export const table = 'mesh_netpol';

/** What a rule set amounts to, for the log. */
export interface Sizes {
  readonly isolatedIn: number;
  readonly isolatedOut: number;
  readonly chains: number;
  readonly rules: number;
}

/**
 * A rule set as text for `nft -f`, which replaces the table as one transaction: at no moment is there none, or half of
 * one. Pods with the same openings share a chain, found by one look-up of the pod's address.
 */
export function nftables(rules: RuleSet): { text: string; sizes: Sizes } {
  const chains = new Map<string, string[]>();
  const maps = { ingress: [] as string[], egress: [] as string[] };
  for (const direction of ['ingress', 'egress'] as const) {
    for (const [address, openings] of [...rules[direction]].toSorted()) {
      const lines = [...new Set(openings.flatMap((opening) => renderOpening(direction, opening)))].toSorted();
      const name = `${direction}_${createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 10)}`;
      chains.set(name, lines);
      maps[direction].push(`${address} : jump ${name}`);
    }
  }
  const own = [...new Set([...rules.ingress.keys(), ...rules.egress.keys()])].toSorted().map((address) => `${address} . ${address}`);
  const text = `table inet ${table}
delete table inet ${table}
table inet ${table} {
${[...chains].toSorted().map(([name, lines]) => chain(name, [...lines, 'counter drop'])).join('')}
	map egress_of { type ipv4_addr : verdict; ${elements(maps.egress)} }
	map ingress_of { type ipv4_addr : verdict; ${elements(maps.ingress)} }
	set itself { type ipv4_addr . ipv4_addr; ${elements(own)} }
${chain('pod_traffic', [
  'type filter hook forward priority filter; policy accept;',
  // Judged when they began; a flow that a later policy forbids lives on until it ends, as with most engines.
  'ct state established,related accept',
  'ip saddr . ip daddr @itself accept comment "a pod may call itself, also through its Service"',
  'ip saddr vmap @egress_of',
  'ip daddr vmap @ingress_of',
])}${chain('pod_to_node', [
    'type filter hook input priority filter; policy accept;',
    'ct state established,related accept',
    'ip saddr vmap @egress_of',
  ])}}
`;
  const sizes = {
    isolatedIn: rules.ingress.size,
    isolatedOut: rules.egress.size,
    chains: chains.size,
    rules: [...chains.values()].reduce((sum, lines) => sum + lines.length + 1, 0),
  };
  return { text, sizes };
}

function renderOpening(direction: Direction, { policy, addresses, except, protocol, port }: Opening): string[] {
  if (addresses?.length === 0) return [];
  const side = direction === 'ingress' ? 'ip saddr' : 'ip daddr';
  const words: string[] = [];
  if (addresses !== undefined) words.push(`${side} { ${addresses.toSorted().join(', ')} }`);
  if (except.length > 0) words.push(`${side} != { ${except.filter((block) => !block.includes(':')).join(', ')} }`);
  if (protocol !== undefined) words.push(port === undefined ? `meta l4proto ${protocol}` : `${protocol} dport ${port}`);
  return [`${words.join(' ')} return comment "${policy.replaceAll(/[^\w./-]/g, '_').slice(0, 120)}"`.trimStart()];
}

function chain(name: string, lines: readonly string[]): string {
  return `	chain ${name} {\n${lines.map((line) => `		${line}\n`).join('')}	}\n`;
}

function elements(list: readonly string[]): string {
  return list.length === 0 ? '' : `elements = { ${list.join(', ')} };`;
}
