/** How a proxy reaches a host outside the mesh that a ServiceEntry has declared. */

/** One port of such a host, in the eyes of one proxy. */
export interface DeclaredPort {
  readonly port: number;
  /** Where its addresses come from: `STRICT_DNS` asks for the name of the endpoint, `EDS` takes what istiod says. */
  readonly addressesBy: string;
  /** E.g. `0.500s`. */
  readonly connectTimeout: string;
  /** DestinationRule that the proxy has been told of, by its name; '' where there is none. */
  readonly rule: string;
  /** True if the proxy makes TLS of what it sends there. */
  readonly makesTls: boolean;
}

/** The part of `istioctl proxy-config clusters -o json` that is read here. */
interface ClusterDump {
  readonly name: string;
  readonly type?: string;
  readonly connectTimeout?: string;
  readonly transportSocket?: { readonly name?: string };
  readonly metadata?: { readonly filterMetadata?: { readonly istio?: { readonly config?: string } } };
}

/** Arguments of istioctl that print what a workload's proxy knows of such a host. */
export function declaredHostCommand(workload: string, host: string, namespace: string): string[] {
  return ['proxy-config', 'clusters', `${workload}.${namespace}`, '--fqdn', host, '--output', 'json'];
}

/** Reads what that command prints; nothing where the proxy does not know the host. */
export function readDeclaredHost(json: string): DeclaredPort[] {
  // Of a host that is not known istioctl prints no list at all.
  const clusters = (json.trim() === '' ? [] : (JSON.parse(json) ?? [])) as readonly ClusterDump[];
  return clusters.map(({ name, type = 'STATIC', connectTimeout = '', transportSocket, metadata }) => ({
    port: Number(name.split('|')[1]),
    addressesBy: type,
    connectTimeout,
    rule: /\/destination-rule\/([^/]+)$/.exec(metadata?.filterMetadata?.istio?.config ?? '')?.[1] ?? '',
    makesTls: transportSocket?.name === 'envoy.transport_sockets.tls',
  }));
}

/** What that command prints, a line for each port. */
export function tellDeclaredHost(json: string): string {
  return readDeclaredHost(json)
    .map(({ port, addressesBy, connectTimeout, rule, makesTls }) => {
      const ruled = rule === '' ? 'no DestinationRule' : `DestinationRule ${rule}`;
      return `port ${port}: addresses by ${addressesBy}, ${connectTimeout} to connect, ${ruled}, ${makesTls ? 'TLS' : 'no TLS'}`;
    })
    .join('\n');
}
