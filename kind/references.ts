/**
 * The images of others that the course names: tag, digest where a public file pins it, and where and when both were
 * looked up. A tag can be moved and a digest cannot, so `make contracts` shows what a node pulled beside what stands here.
 */
import { istioRelease } from './istio-releases.ts';
import { kubernetesRelease } from './kubernetes-releases.ts';
import { chosenVersion } from './versions.ts';

/** An image as its publisher has it. */
export interface Reference {
  /** Registry and path, e.g. `docker.io/library/nginx`. */
  readonly image: string;
  readonly tag: string;
  /** Of the index over all architectures, `sha256:…`; missing where no public file was found that pins the tag. */
  readonly digest?: string;
  /** Public source of the tag, and of the digest where there is one. */
  readonly source: string;
  /** Month in which it was looked up. */
  readonly lookedUp: string;
  /** Why it is not the newest; missing where it is. */
  readonly notNewest?: string;
}

const lookedUp = '2026-11';
/** As it was asked for: of a release that the course is not run on, no digest is known. */
const istio = chosenVersion('ISTIO');
const release = istioRelease(istio);
const proxyDigest = release.version === istio ? release.proxyDigest : undefined;
const nodes = kubernetesRelease(chosenVersion('KUBERNETES'));
const asChosen = 'the course runs on several releases, and this one was chosen';

export const references = {
  k3s: {
    image: 'docker.io/rancher/k3s',
    ...nodes.k3s,
    source: 'release of k3s; public files that pin it',
    lookedUp,
    notNewest: asChosen,
  },
  'k3s-pause': {
    image: 'docker.io/rancher/mirrored-pause',
    tag: '3.10.2',
    source: 'k3s-images.txt of k3s v1.35.9, v1.36.5 and v1.37.1',
    lookedUp,
    notNewest: 'k3s names it',
  },
  'k3s-coredns': {
    image: 'docker.io/rancher/mirrored-coredns-coredns',
    tag: '1.14.7',
    digest: 'sha256:7efd3c635b03efd68c4e8398fc45f0d993d0e9ab016f72c1cefb0fd6d01aa286',
    source: 'k3s-images.txt of k3s v1.35.9, v1.36.5 and v1.37.1; public files that pin it',
    lookedUp,
    notNewest: 'k3s names it',
  },
  kind: {
    image: 'docker.io/kindest/node',
    ...nodes.kind,
    source: 'release notes of kind 0.33.0',
    lookedUp,
    notNewest: asChosen,
  },
  'istio-pilot': {
    image: 'docker.io/istio/pilot',
    tag: istio,
    source: release.source,
    lookedUp,
    ...(release.notNewest === undefined ? {} : { notNewest: release.notNewest }),
  },
  'istio-proxyv2': {
    image: 'docker.io/istio/proxyv2',
    tag: istio,
    ...(proxyDigest === undefined ? {} : { digest: proxyDigest }),
    source: release.source,
    lookedUp,
    ...(release.notNewest === undefined ? {} : { notNewest: release.notNewest }),
  },
  'istio-install-cni': {
    image: 'docker.io/istio/install-cni',
    tag: istio,
    source: release.source,
    lookedUp,
    ...(release.notNewest === undefined ? {} : { notNewest: release.notNewest }),
  },
  'istio-ztunnel': {
    image: 'docker.io/istio/ztunnel',
    tag: istio,
    source: release.source,
    lookedUp,
    ...(release.notNewest === undefined ? {} : { notNewest: release.notNewest }),
  },
  nginx: {
    image: 'docker.io/library/nginx',
    tag: '1.30.5',
    digest: 'sha256:b972f831f200b19ef0767938224f9711e74cd783718738cd7405d5cabf75c442',
    source: 'docker-library/repo-info repos/nginx; public files that pin it',
    lookedUp,
    notNewest: '1.31 is the mainline, 1.30 the stable branch',
  },
  hello: {
    image: 'docker.io/nginxdemos/hello',
    tag: '0.4',
    source: 'public files that use it; of its digests only those of latest are pinned anywhere',
    lookedUp,
  },
  curl: {
    image: 'docker.io/curlimages/curl',
    tag: '8.22.0',
    digest: 'sha256:58adaa4e8dca9c988bae2aba4ab3434a0bb2da16bbe3f92dec39ec7785166777',
    source: 'curl/curl-container; public files that pin it',
    lookedUp,
  },
  netshoot: {
    image: 'docker.io/nicolaka/netshoot',
    tag: 'v0.16',
    digest: 'sha256:b09d9b21381f47a79b3cbcb30da25266dc17186ea00ae65e99fdc51396f48e70',
    source: 'tag of nicolaka/netshoot; public files that pin it',
    lookedUp,
  },
  prometheus: {
    image: 'docker.io/prom/prometheus',
    tag: 'v3.15.0',
    digest: 'sha256:efd719c99d83b060d9daefdcf00360461adf279f45ef5391f8d111892118753e',
    source: 'release of Prometheus; public files that pin it',
    lookedUp,
  },
  fortio: {
    image: 'docker.io/fortio/fortio',
    tag: '1.68.2',
    source: 'tag of fortio/fortio, whose workflow publishes an image for each',
    lookedUp,
    notNewest:
      '1.69 began to hold grol, a scripting language that not every Go module proxy serves; stand-in and original are one version',
  },
  postgres: {
    image: 'docker.io/library/postgres',
    tag: '17.11',
    digest: 'sha256:f4c66b820c6f974249089d3d16d86a3698eae11e8746eb6644b2271031e91232',
    source: 'docker-library/repo-info repos/postgres; public files that pin it',
    lookedUp,
    notNewest: '18 is not what Debian 13 holds, which the stand-in is made of',
  },
  'argo-rollouts': {
    image: 'quay.io/argoproj/argo-rollouts',
    tag: 'v1.10.1',
    source: 'tag of argoproj/argo-rollouts; no public file was found that pins it',
    lookedUp,
    notNewest:
      '1.10.2 asks for a newer Go than Debian and the module proxy have; stand-in and original are one version',
  },
  jaeger: {
    image: 'docker.io/jaegertracing/jaeger',
    tag: '2.13.0',
    source: 'public files that use it; none was found that pins it',
    lookedUp,
    notNewest:
      'it is that of the Go module v1.76.0, the last that the module proxy has; stand-in and original are one version',
  },
  alertmanager: {
    image: 'docker.io/prom/alertmanager',
    tag: 'v0.31.1',
    digest: 'sha256:88b605de9aba0410775c1eb3438f951115054e0d307f23f274a4c705f51630c1',
    source: 'tag of prometheus/alertmanager; public files that pin it',
    lookedUp,
    notNewest:
      'from 0.32 on its Go module lacks the pages that it is built with; stand-in and original are one version',
  },
  opa: {
    image: 'docker.io/openpolicyagent/opa',
    tag: '1.22.4-envoy-static',
    source: 'tags of openpolicyagent/opa, one for each release; public files that use those of other releases',
    lookedUp,
  },
  kiali: {
    image: 'quay.io/kiali/kiali',
    tag: 'v2.31.0',
    source: 'announcement of Istio 1.31.1, which names it as the release of its addon',
    lookedUp,
    notNewest: 'it is the one that Istio 1.31.1 has as its addon',
  },
  debian: {
    image: 'docker.io/library/debian',
    tag: 'trixie-20261005-slim',
    digest: 'sha256:a29215f6a35e51e22adffa17f89e9d2ef06214e64a2bad10d765c46aea49f11f',
    source: 'docker-library/official-images library/debian; public files that pin it',
    lookedUp,
  },
} as const satisfies Record<string, Reference>;

/** Complete name under which pods and engines ask for it, without its digest, e.g. `docker.io/library/nginx:1.30.5`. */
export function nameOf({ image, tag }: Pick<Reference, 'image' | 'tag'>): string {
  return `${image}:${tag}`;
}
