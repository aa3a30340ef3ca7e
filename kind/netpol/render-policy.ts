import { comment, identifier } from './names.ts';
import type { NamedPort, Ports } from './ports.ts';
import { addressText, type Range } from './ranges.ts';
import type { Direction, Isolation, Rule } from './rules.ts';

/** nft text of one policy in one direction: the sets of its rules, and the chain that accepts what they match. */
export interface PolicyText {
  readonly chain: string;
  readonly sets: readonly string[];
  readonly rules: readonly string[];
}

export function renderPolicy({ direction, namespace, policy, rules }: Isolation): PolicyText {
  const chain = policyChain(direction, namespace, policy);
  const parts = rules.map((rule, index) => renderRule(rule, direction, [chain, `rule${index + 1}`]));
  return { chain, sets: parts.flatMap(({ sets }) => sets), rules: parts.flatMap((part) => part.rules) };
}

export function policyChain(direction: Direction, namespace: string, policy: string): string {
  return identifier(direction, namespace, policy);
}

function renderRule({ peers, ports }: Rule, direction: Direction, path: readonly string[]) {
  const sets: string[] = [];
  const named = (last: string, type: string, elements: readonly string[]) => {
    const name = identifier(...path, last);
    sets.push(set(name, type, elements));
    return `@${name}`;
  };
  const side = direction === 'ingress' ? 'ip saddr' : 'ip daddr';
  const from: string[] = [];
  if (peers === undefined) from.push('');
  if (peers?.pods !== undefined) {
    const elements = peers.pods.map(({ address, namespace, name }) => `${address} ${comment(`${namespace}/${name}`)}`);
    from.push(`${side} ${named('pods', 'ipv4_addr', elements)} `);
  }
  if (peers?.blocks !== undefined) {
    from.push(`${side} ${named('blocks', 'ipv4_addr; flags interval', peers.blocks.map(addressText))} `);
  }
  const to = portMatches(ports, (elements) => named('named-ports', 'ipv4_addr . inet_proto . inet_service', elements));
  return { sets, rules: from.flatMap((match) => to.map((port) => `${match}${port}accept`)) };
}

function portMatches(ports: Ports | undefined, named: (elements: readonly string[]) => string): string[] {
  if (ports === undefined) return [''];
  const matches = [...ports.numbered].map(([protocol, ranges]) =>
    ranges === 'all' ? `meta l4proto ${protocol} ` : `${protocol} dport { ${ranges.map(portText).join(', ')} } `,
  );
  if (ports.named === undefined) return matches;
  const elements = new Set(ports.named.map(portElement));
  return [...matches, `ip daddr . meta l4proto . th dport ${named([...elements])} `];
}

function portElement({ endpoint, protocol, port }: NamedPort): string {
  return `${endpoint.address} . ${protocol} . ${port} ${comment(`${endpoint.namespace}/${endpoint.name}`)}`;
}

function portText([first, last]: Range): string {
  return first === last ? String(first) : `${first}-${last}`;
}

/** A set, or a map if the type says so, with one element a line. */
export function set(name: string, type: string, elements: readonly string[], kind: 'set' | 'map' = 'set'): string {
  const list = elements.length === 0 ? '' : `\n    elements = {\n      ${elements.join(',\n      ')}\n    }`;
  return `  ${kind} ${name} {\n    type ${type}${list}\n  }\n`;
}
