/** What a sidecar was told of the Services of one exercise, and of calls that come in: what rules about them change. */

import { proxyAdminCommand } from './proxy-admin.ts';

/** Behind `kubectl exec POD`: prints everything that the proxy was told. */
export const configDumpCommand: readonly string[] = proxyAdminCommand('config_dump');

/** The parts of `config_dump` that are read here. https://www.envoyproxy.io/docs/envoy/latest/api-v3/admin/v3/config_dump.proto */
interface ConfigDump {
  readonly configs: readonly {
    readonly dynamic_active_clusters?: readonly { readonly cluster: Named }[];
    readonly dynamic_listeners?: readonly {
      readonly name: string;
      readonly active_state?: { readonly listener: Named };
    }[];
    readonly dynamic_route_configs?: readonly {
      readonly route_config: { readonly virtual_hosts?: readonly Named[] };
    }[];
  }[];
}

interface Named {
  readonly name: string;
}

/**
 * Reads `config_dump`: clusters and virtual hosts of Services in these namespaces, and the listener for calls that come in.
 * What it knows of others is left out, since they come and go with the exercises beside this one; so are its listeners for
 * calls that go out, and hosts that are no Service.
 *
 * @returns a line for each part, in an order of its own
 */
export function ownConfig(dump: string, namespaces: readonly string[]): string[] {
  const { configs } = JSON.parse(dump) as ConfigDump;
  const own = ({ name }: Named) => namespaces.some((namespace) => name.includes(`.${namespace}.svc.`));
  const clusters = configs.flatMap(({ dynamic_active_clusters: found = [] }) => found.map(({ cluster }) => cluster));
  const hosts = configs.flatMap(({ dynamic_route_configs: found = [] }) =>
    found.flatMap(({ route_config: { virtual_hosts: all = [] } }) => all),
  );
  const listeners = configs.flatMap(({ dynamic_listeners: found = [] }) =>
    found.flatMap(({ active_state: state }) => (state === undefined ? [] : [state.listener])),
  );
  return [
    ...clusters.filter((each) => own(each) || each.name.startsWith('inbound|')),
    ...hosts.filter(own),
    ...listeners.filter(({ name }) => name === 'virtualInbound'),
  ]
    .map((part) => JSON.stringify(part, sorted))
    .toSorted();
}

/** Envoy prints the fields of a map in whatever order they come. */
function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
