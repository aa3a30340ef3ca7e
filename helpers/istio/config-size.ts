/** How much a proxy was told, as its own dump of it has it. */
import { proxyAdminCommand } from './proxy-admin.ts';

/** Behind `kubectl exec WORKLOAD`: prints the dump, in JSON, some hundred kilobytes. Endpoints are not in it. */
export const configDumpCommand: readonly string[] = proxyAdminCommand('config_dump');

/** A part of the dump. */
export interface ConfigPart {
  /** How many clusters, listeners, routes or secrets there are, those of the bootstrap among them. */
  readonly count: number;
  /** Of the part as JSON without white space. */
  readonly bytes: number;
}

/** All of it, and its parts by their names, e.g. `clusters`, `listeners`, `routes`. */
export interface ConfigSize {
  readonly bytes: number;
  readonly parts: Readonly<Record<string, ConfigPart>>;
}

/** Reads the dump. @throws {Error} if it is none */
export function readConfigSize(dump: string): ConfigSize {
  const { configs } = JSON.parse(dump) as { configs: readonly Readonly<Record<string, unknown>>[] };
  const parts = configs.map((config): [string, ConfigPart] => {
    const kind = /\.(\w+)ConfigDump$/.exec(String(config['@type']))?.[1] ?? 'Other';
    const lists = Object.values(config).filter(Array.isArray);
    const count = lists.reduce((sum, list) => sum + list.length, 0);
    return [kind.toLowerCase(), { count, bytes: bytesOf(config) }];
  });
  return { bytes: bytesOf({ configs }), parts: Object.fromEntries(parts) };
}

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
