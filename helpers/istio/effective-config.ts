/** What a proxy was told about the Services of one namespace: comparable with another environment's. */
import { isIP } from 'node:net';

/** Virtual hosts and clusters by name; the namespace's own name is replaced by a placeholder. */
export type EffectiveConfig = Readonly<Record<string, unknown>>;

/** Stands where a namespace's name was. */
export const anyNamespace = 'NAMESPACE';

/** The part of `istioctl proxy-config routes -o json` that is read here. */
interface RouteDump {
  readonly virtualHosts?: readonly { readonly name: string; readonly domains: readonly string[] }[];
}

/**
 * Reads what `istioctl proxy-config routes -o json` and `… clusters -o json` print for a proxy. Of all Services that it
 * knows only those of the namespace count; their addresses, which differ by nature, are left out.
 */
export function effectiveConfig(routes: string, clusters: string, namespace: string): EffectiveConfig {
  const own = ({ name }: { readonly name?: string }) => name?.includes(`.${namespace}.svc.`) === true;
  const hosts = (JSON.parse(routes) as RouteDump[])
    .flatMap(({ virtualHosts = [] }) => virtualHosts)
    .filter(own)
    .map((host) => Object.assign(host, { domains: host.domains.filter((domain) => isIP(domain) === 0).toSorted() }));
  const named = [
    ...hosts.map((host): [string, unknown] => [`route ${host.name}`, host]),
    ...(JSON.parse(clusters) as { name: string }[])
      .filter(own)
      .map((cluster): [string, unknown] => [`cluster ${cluster.name}`, cluster]),
  ];
  const text = JSON.stringify(Object.fromEntries(named)).replaceAll(namespace, anyNamespace);
  return JSON.parse(text) as EffectiveConfig;
}

/** What differs between two environments, a line for each value: where it stands, what it is in one and in the other. */
export function drift(one: unknown, other: unknown, path = ''): string[] {
  if (isBranch(one) && isBranch(other)) {
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...keys].toSorted().flatMap((key) => drift(one[key], other[key], path === '' ? key : `${path} > ${key}`));
  }
  const [before, after] = [brief(one), brief(other)];
  return before === after ? [] : [`${path}: ${before} ≠ ${after}`];
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
