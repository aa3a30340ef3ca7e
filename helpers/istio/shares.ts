/** Where a route or a connection leads, in Envoy's words: one cluster, or several with weights. */
export interface Target {
  readonly cluster?: string;
  readonly weightedClusters?: { readonly clusters?: readonly WeightedCluster[] };
}

interface WeightedCluster {
  readonly name: string;
  readonly weight?: number;
}

/** Share of each subset in per cent, e.g. `{ v1: 90, v2: 10 }`; '' is the Service as a whole. */
export type Shares = Readonly<Record<string, number>>;

/** The clusters that a target leads to, each with its weight. */
export function clustersOf({ cluster, weightedClusters }: Target): WeightedCluster[] {
  return [...(cluster === undefined ? [] : [{ name: cluster, weight: 1 }]), ...(weightedClusters?.clusters ?? [])];
}

/** What each subset gets of a target's calls or connections. */
export function sharesOf(target: Target): Shares {
  const clusters = clustersOf(target);
  const sum = clusters.reduce((total, { weight = 0 }) => total + weight, 0);
  return Object.fromEntries(
    clusters.map(({ name, weight = 0 }) => [name.split('|')[2] ?? '', Math.round((1_000 * weight) / sum) / 10]),
  );
}

/** Shares in words, e.g. `90 % for v1 and 10 % for v2`. */
export function tellShares(shares: Shares): string {
  return Object.entries(shares)
    .map(([subset, share]) => `${share} % for ${subset === '' ? 'the Service as a whole' : subset}`)
    .join(' and ');
}
