/** The releases of Kubernetes that the course is run on: what is assembled, and whose nodes are pulled. */

/** A tag of an image, as its publisher has it. */
export interface NodeTag {
  readonly tag: string;
  /** Of the index over all architectures, where a public file pins it. */
  readonly digest?: string;
}

/** A release of Kubernetes. */
export interface KubernetesRelease {
  /** Assembled from `kind/go/kubernetes-<minor>`: the newest patch that the Go module proxy serves whole. */
  readonly version: string;
  /** Newest node of k3s with this minor version. */
  readonly k3s: NodeTag;
  /** Node of kind with this minor version, as the release notes of kind 0.33.0 pin it. */
  readonly kind: NodeTag;
}

/** The first is the default. */
export const kubernetesReleases = [
  {
    version: '1.36.3',
    k3s: { tag: 'v1.36.5-k3s1' },
    kind: { tag: 'v1.36.4', digest: 'sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed' },
  },
  {
    version: '1.35.4',
    k3s: {
      tag: 'v1.35.9-k3s1',
      digest: 'sha256:ec9868c6a38d4e8c1869832fb5fd1eb8473c39794a0b44d2b952e7ba911951bc',
    },
    kind: { tag: 'v1.35.8', digest: 'sha256:07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0' },
  },
  {
    version: '1.34.4',
    k3s: { tag: 'v1.34.12-k3s1' },
    kind: { tag: 'v1.34.11', digest: 'sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d' },
  },
  {
    version: '1.37.2',
    k3s: {
      tag: 'v1.37.1-k3s1',
      digest: 'sha256:ca7f37d993d82ef0dcdcfecb2e0e2618ea541dbaffc620c8cedebe01a82acd0d',
    },
    kind: { tag: 'v1.37.0', digest: 'sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5' },
  },
] as const satisfies readonly KubernetesRelease[];

/** The release of a version; of one that the course is not run on, what a registry would have by that number. */
export function kubernetesRelease(version: string): KubernetesRelease {
  return (
    kubernetesReleases.find((release) => release.version === version) ?? {
      version,
      k3s: { tag: `v${version}-k3s1` },
      kind: { tag: `v${version}` },
    }
  );
}
