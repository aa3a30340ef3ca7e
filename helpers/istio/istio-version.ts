/**
 * True if two versions of Istio are of one minor release, e.g. `1.31.1` and `1.31-eed52ebb66ad`: an assembled program
 * names the commit it is made of, and client and control plane of one minor release belong together.
 * https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew
 */
export function areOfOneMinor(one: string | undefined, other: string | undefined): boolean {
  const minor = minorOf(one);
  return minor !== undefined && minor === minorOf(other);
}

/**
 * The minor release of the control plane, e.g. 31, for what differs between releases.
 *
 * @param json what `istioctl version --output json` prints
 * @throws {Error} if it tells none
 */
export function minorOfMesh(json: string): number {
  const { meshVersion = [] } = JSON.parse(json) as { meshVersion?: { Info: { version: string } }[] };
  const minor = minorOf(meshVersion[0]?.Info.version);
  if (minor === undefined) throw new Error(`No release of a control plane is told: ${json}`);
  return Number(minor.split('.')[1]);
}

function minorOf(version = ''): string | undefined {
  return /^v?(\d+\.\d+)(?!\d)/.exec(version)?.[1];
}
