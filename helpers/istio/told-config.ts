/** What a proxy was told about one namespace, all of it: to compare two moments, and to prove by a digest that they are equal. */
import { createHash } from 'node:crypto';

import { anyNamespace, type EffectiveConfig } from './effective-config.ts';
import { ownConfig } from './own-config.ts';

/** A part of a proxy's configuration: a cluster, a virtual host or a listener. */
interface Part {
  readonly name: string;
  readonly domains?: readonly string[];
}

/**
 * Reads a proxy's `config_dump`: clusters and virtual hosts of the namespace's Services and the listener for calls that come
 * in, by kind and name. The namespace's own name is replaced by a placeholder.
 */
export function toldConfig(dump: string, namespace: string): EffectiveConfig {
  const parts = ownConfig(dump, [namespace]).map(
    (text) => JSON.parse(text.replaceAll(namespace, anyNamespace)) as Part,
  );
  const named = parts.map((part): [string, Part] => [`${kindOf(part)} ${part.name}`, part]);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function kindOf({ name, domains }: Part): string {
  if (domains !== undefined) return 'route';
  return name === 'virtualInbound' ? 'listener' : 'cluster';
}

/** The filters of a proxy that judge who may call, each once, in an order of their own. */
export function accessRules(config: EffectiveConfig): unknown[] {
  const found = new Set(filtersIn(config).map((filter) => JSON.stringify(filter)));
  return [...found].toSorted().map((text) => JSON.parse(text) as unknown);
}

function filtersIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const { name } = value as { readonly name?: unknown };
  if (typeof name === 'string' && /^envoy\.filters\.(http|network)\.rbac$/.test(name)) return [value];
  return Object.values(value).flatMap(filtersIn);
}

/** SHA-256 of a value as JSON, in hexadecimal digits. The order of the fields counts; that of {@link toldConfig} is fixed. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
