/**
 * True if two versions of Istio are of one minor release, e.g. `1.31.1` and `1.31-eed52ebb66ad`: an assembled program
 * names the commit it is made of, and client and control plane of one minor release belong together.
 * https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export function areOfOneMinor(one: string | undefined, other: string | undefined): boolean {
  const minor = minorOf(one);
  return minor !== undefined && minor === minorOf(other);
}

function minorOf(version = ''): string | undefined {
  return /^v?(\d+\.\d+)(?!\d)/.exec(version)?.[1];
}
