/** The access log of ztunnel. https://istio.io/latest/docs/ambient/usage/troubleshoot-ztunnel/ */

/** One end of a connection. What ztunnel does not know is empty. */
export interface ZtunnelPeer {
  /** Address and port. */
  readonly address: string;
  /** Name of the pod. */
  readonly workload: string;
  readonly namespace: string;
  /** SPIFFE id; empty where the connection is no mutual TLS. */
  readonly identity: string;
}

/** One connection, written when it ended. */
export interface ZtunnelLine {
  /** `outbound` at the node of the caller, `inbound` at that of the called. */
  readonly direction: 'inbound' | 'outbound';
  readonly from: ZtunnelPeer;
  readonly to: ZtunnelPeer;
  /** Address and port that is called inside the tunnel; empty where there is no tunnel. */
  readonly tunnel: string;
  /** Why it failed or was ended; empty where it was not. */
  readonly error: string;
  /** The line itself. */
  readonly text: string;
}

/**
 * Arguments of kubectl: prints what the ztunnels of all nodes have logged since.
 *
 * @param since as the API server has it, e.g. a `creationTimestamp`; pods of an earlier run may have had the same names
 */
export function ztunnelLogCommand(since: string): string[] {
  return ['logs', '--namespace', 'istio-system', '-l', 'app=ztunnel', '--tail=-1', `--since-time=${since}`];
}

/** Reads the log of ztunnel; what is no line of a connection is left out. */
export function readZtunnelLog(log: string): ZtunnelLine[] {
  return log.split('\n').flatMap((text) => {
    if (!/\baccess\b.*\bconnection (complete|failed)\b/.test(text)) return [];
    const found = text.matchAll(/([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g);
    const fields = new Map(Array.from(found, ([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
    const field = (name: string) => fields.get(name) ?? '';
    const direction = field('direction');
    if (direction !== 'inbound' && direction !== 'outbound') return [];
    const peer = (side: 'src' | 'dst'): ZtunnelPeer => ({
      address: field(`${side}.addr`),
      workload: field(`${side}.workload`),
      namespace: field(`${side}.namespace`),
      identity: field(`${side}.identity`),
    });
    return [
      { direction, from: peer('src'), to: peer('dst'), tunnel: field('dst.hbone_addr'), error: field('error'), text },
    ];
  });
}
