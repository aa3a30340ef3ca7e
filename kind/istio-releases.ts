/** The releases of Istio that the course is run on, and what belongs to each: sources, proxy, Kubernetes. */

/** A release of Istio. */
export interface IstioRelease {
  /** Release whose images are used from a registry. */
  readonly version: string;
  /** Digest of its proxyv2, where a public file pins it. */
  readonly proxyDigest?: string;
  /** Public sources of version and digest. */
  readonly source: string;
  /** Why it is not the newest of all; missing where it is. */
  readonly notNewest?: string;
  /** Commit of its branch that the Go module proxy serves, and that is assembled from `kind/go/istio-<minor>`. */
  readonly commit: string;
  /** Parts of the assembled one that could not be had in this version, and what stands in for each. */
  readonly borrowed?: Readonly<Record<string, string>>;
  /** Envoys that its istiod configures where images are assembled, the one nearest to its own first. */
  readonly envoys: readonly [string, ...string[]];
  /** Minor versions of Kubernetes that Istio says it supports, and where it says so. */
  readonly kubernetes: { readonly minors: readonly string[]; readonly source: string };
}

/** The first is the default. */
export const istioReleases = [
  {
    version: '1.31.1',
    proxyDigest: 'sha256:d86cba0dd1eb15c00b6901c69ce5ae3d2d5f8427a47751098cf8c3ab2a4a62e9',
    source:
      'announcement of Istio 1.31.1; from 1.31 on nothing is published at registry.istio.io; public files that pin it',
    commit: 'eed52ebb66ad',
    envoys: ['1.39.3', '1.38.3', '1.40.0'],
    kubernetes: { minors: ['1.32', '1.33', '1.34', '1.35', '1.36'], source: 'announcement of Istio 1.31.0' },
  },
  {
    version: '1.30.5',
    source: 'announcement of Istio 1.30.5',
    notNewest: '1.31 is another minor version of Istio; the course runs on both',
    commit: '9739e10eb9d7',
    borrowed: {
      "Istio's API types of 1.30 (istio.io/api, istio.io/client-go)":
        'those of 1.31.1: the module proxy has no whole pair of 1.30',
      "Envoy's API types that Istio 1.30 asks for (go-control-plane)":
        'those of Envoy 1.38: the commits that it asks for are not served',
    },
    envoys: ['1.38.3', '1.39.3'],
    kubernetes: { minors: ['1.32', '1.33', '1.34', '1.35', '1.36'], source: 'announcement of Istio 1.30.0' },
  },
] as const satisfies readonly IstioRelease[];

/** `1.31` of `1.31.1`; undefined of what is no version. */
export function minorOf(version: string): string | undefined {
  return /^\d+\.\d+(?!\d)/.exec(version)?.[0];
}

/** The release of a version; of one that the course is not run on, the default, whose programs come nearest. */
export function istioRelease(version: string): IstioRelease {
  return istioReleases.find((release) => release.version === version) ?? istioReleases[0];
}

/** The release that runs beside that one where two are wanted: the newest of the others. */
export function istioReleaseBeside(version: string): IstioRelease {
  return istioReleases.find((release) => release !== istioRelease(version)) ?? istioReleases[0];
}
