/** Which clusters an istiod reads, and whether it has read them. */

/** One of them. */
export interface RemoteCluster {
  readonly name: string;
  /** The Secret with the credential for it, `namespace/name`; '' for the cluster that istiod runs in. */
  readonly secret: string;
  /** E.g. `synced`: everything was listed once; `syncing`; `timeout`: it was not listed in time. */
  readonly status: string;
}

/** Arguments of istioctl that list them. */
export const remoteClustersCommand: readonly string[] = ['remote-clusters'];

/** Reads what that command prints. A field may be empty, so a field is what is below its head. */
export function readRemoteClusters(table: string): RemoteCluster[] {
  const [heads = '', ...lines] = table.split('\n').filter((line) => line.trim() !== '');
  const starts = Array.from(heads.matchAll(/\S+/g), ({ 0: head, index }) => ({ head, index }));
  return lines.map((line) => {
    const field = (name: string) => {
      const at = starts.findIndex(({ head }) => head === name);
      return at === -1 ? '' : line.slice(starts[at]?.index, starts[at + 1]?.index).trim();
    };
    return { name: field('NAME'), secret: field('SECRET'), status: field('STATUS').toLowerCase() };
  });
}

/** What that command prints, a line for each cluster. */
export function tellRemoteClusters(table: string): string {
  return readRemoteClusters(table)
    .map(({ name, secret, status }) => `${name}: ${status}${secret === '' ? '' : `, by ${secret}`}`)
    .join('\n');
}
