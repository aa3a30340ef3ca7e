/** What `istioctl proxy-status` lists: the proxies that an istiod talks to now. https://istio.io/latest/docs/ops/diagnostic-tools/proxy-cmd/ */

/** A proxy with a connection to an istiod. */
export interface ConnectedProxy {
  readonly pod: string;
  readonly namespace: string;
  /** Pod of the istiod. */
  readonly istiod: string;
  /** Version that the proxy gives as its own. */
  readonly version: string;
}

/** Reads the table; a proxy that has lost its istiod is not in it. */
export function readProxyStatus(table: string): ConnectedProxy[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      // Columns are apart by several spaces; the last one has single ones in it.
      const [name = '', , istiod = '', version = ''] = line.trim().split(/\s{2,}/);
      const dot = name.lastIndexOf('.');
      return dot === -1 ? [] : [{ pod: name.slice(0, dot), namespace: name.slice(dot + 1), istiod, version }];
    });
}
