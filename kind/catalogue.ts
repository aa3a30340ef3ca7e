/** The one list of what the lab is made of: every program and image, its upstream name, and how it is assembled. */

import { chosenVersion, isUnsupported } from './versions.ts';

/** Versions that the recipes and the upstream references share. */
export const versions = {
  kubernetes: chosenVersion('KUBERNETES'),
  etcd: '3.6.16',
  coredns: '1.15.0',
  prometheus: '3.15.0',
  /** Newest release before fortio embedded grol, a scripting language that nothing here needs. */
  fortio: '1.68.0',
  /** What Debian's release holds; upstream publishes a tag for each of its versions. */
  postgres: '17.11',
  pause: '3.10.2',
  containerd: '2.4.2',
  /** Release whose images are used from a registry. */
  istio: chosenVersion('ISTIO'),
  /** Commit of Istio's 1.31 branch that the Go module proxy serves, and that is assembled. */
  istioCommit: 'eed52ebb66ad',
  envoy: chosenVersion('ENVOY'),
  debian: 'trixie',
  k3s: isUnsupported('KUBERNETES', process.env) ? `v${chosenVersion('KUBERNETES')}-k3s1` : 'v1.36.1-k3s1',
} as const;

/** Version that the assembled istioctl, istiod and pilot-agent give as their own. */
export const assembledIstioVersion = `1.31-${versions.istioCommit}`;

/** A Go module of `kind/go/` and the programs built from it. */
export interface GoRecipe {
  /** Folder below `kind/go/`. */
  readonly module: string;
  /** File names that the build leaves. */
  readonly programs: readonly string[];
  readonly tags?: string;
  /** Built under the name of the one program, where Go would name it otherwise. */
  readonly package?: string;
  /** Values set at link time, by the full name of the variable. */
  readonly variables?: Readonly<Record<string, string>>;
}

const [major, minor] = versions.kubernetes.split('.');

/** Largest first, so that a clone on a cold machine sees at once what takes long. */
export const goRecipes = [
  {
    module: 'kubernetes',
    programs: [
      'kube-apiserver',
      'kube-controller-manager',
      'kube-proxy',
      'kube-scheduler',
      'kubeadm',
      'kubectl',
      'kubelet',
    ],
    variables: {
      'k8s.io/component-base/version.gitVersion': `v${versions.kubernetes}`,
      'k8s.io/component-base/version.gitMajor': major ?? '',
      'k8s.io/component-base/version.gitMinor': minor ?? '',
      'k8s.io/component-base/version.gitTreeState': 'clean',
    },
  },
  {
    module: 'istio',
    programs: ['istioctl', 'pilot-agent', 'pilot-discovery'],
    tags: 'vtprotobuf',
    variables: {
      'istio.io/istio/pkg/version.buildVersion': assembledIstioVersion,
      'istio.io/istio/pkg/version.buildGitRevision': versions.istioCommit,
      'istio.io/istio/pkg/version.buildStatus': 'Clean',
      'istio.io/istio/pkg/version.buildTag': assembledIstioVersion,
    },
  },
  {
    module: 'prometheus',
    programs: ['prometheus'],
    // Service discoveries of the clouds stay out, with their SDKs; files and static lists are always in.
    tags: 'remove_all_sd,enable_kubernetes_sd',
    variables: { 'github.com/prometheus/common/version.Version': versions.prometheus },
  },
  { module: 'coredns', programs: ['coredns'], package: '.' },
  {
    module: 'containerd',
    programs: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
    tags: 'no_btrfs,no_devmapper,no_zfs',
    variables: { 'github.com/containerd/containerd/v2/version.Version': `v${versions.containerd}` },
  },
  { module: 'etcd', programs: ['etcd'], package: 'go.etcd.io/etcd/server/v3' },
  { module: 'fortio', programs: ['fortio'] },
  { module: 'cni', programs: ['host-local', 'loopback', 'portmap', 'ptp'] },
] as const satisfies readonly GoRecipe[];

/** Folder of a module below `kind/go/`. */
export type GoModule = (typeof goRecipes)[number]['module'];

/** A file that an image's build takes from elsewhere than its own folder. */
export type ImageInput =
  | { readonly go: GoModule; readonly programs: readonly string[] }
  | { readonly envoy: true }
  | { readonly istioFile: string }
  /** The program that runs this project. */
  | { readonly node: true }
  /** TypeScript of ours with everything it imports, as one file of that name. */
  | { readonly bundle: 'test-server'; readonly as: string };

/** An image as upstream publishes it, and the stand-in that takes its name where no registry can be reached. */
export interface ImageRecipe {
  /** Folder below `kind/images/`. */
  readonly name: string;
  /** Names under which pods ask for it, complete with registry and pinned tag. */
  readonly upstream: readonly string[];
  /** True if the image is the project's own: no registry has it, so it is assembled whatever IMAGES says. */
  readonly own?: true;
  /** What the stand-in is made from, for the report. */
  readonly madeOf: string;
  readonly inputs: readonly ImageInput[];
  /** Exercises that cannot run without it; `lab` where every exercise needs it. */
  readonly neededBy: readonly string[];
}

/** Images on the node, in the order of the layers of a cluster. */
export const imageRecipes: readonly ImageRecipe[] = [
  {
    name: 'kubernetes',
    upstream: ['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
      (program) => `registry.k8s.io/kube-${program}:v${versions.kubernetes}`,
    ),
    madeOf: `Kubernetes ${versions.kubernetes}, built from its Go module`,
    inputs: [
      { go: 'kubernetes', programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'] },
    ],
    neededBy: ['lab'],
  },
  {
    name: 'etcd',
    upstream: [`registry.k8s.io/etcd:${versions.etcd}`],
    madeOf: `etcd ${versions.etcd}, built from its Go module`,
    inputs: [{ go: 'etcd', programs: ['etcd'] }],
    neededBy: ['lab'],
  },
  {
    name: 'coredns',
    upstream: [`registry.k8s.io/coredns/coredns:v${versions.coredns}`],
    madeOf: `CoreDNS ${versions.coredns}, built from its Go module with the plugins that a cluster needs`,
    inputs: [{ go: 'coredns', programs: ['coredns'] }],
    neededBy: ['lab'],
  },
  {
    name: 'pause',
    upstream: [`registry.k8s.io/pause:${versions.pause}`],
    madeOf: 'catatonit of Debian, which waits and reaps as pause does',
    inputs: [],
    neededBy: ['lab'],
  },
  {
    name: 'istio-pilot',
    upstream: [`registry.istio.io/release/pilot:${versions.istio}`],
    madeOf: `istiod ${assembledIstioVersion}, built from Istio's Go module`,
    inputs: [
      { go: 'istio', programs: ['pilot-discovery'] },
      { istioFile: 'tools/packaging/common/envoy_bootstrap.json' },
    ],
    neededBy: ['m1.e7', 'm2.e5'],
  },
  {
    name: 'istio-proxyv2',
    upstream: [`registry.istio.io/release/proxyv2:${versions.istio}`],
    madeOf: `pilot-agent ${assembledIstioVersion} with upstream Envoy ${versions.envoy}, which lacks Istio's own filters`,
    inputs: [
      { go: 'istio', programs: ['pilot-agent'] },
      { envoy: true },
      { istioFile: 'tools/packaging/common/envoy_bootstrap.json' },
    ],
    neededBy: ['m1.e7', 'm2.e5'],
  },
  {
    name: 'nginx',
    upstream: ['docker.io/library/nginx:1.28.0'],
    madeOf: "Debian's nginx with the welcome page",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'hello',
    upstream: ['docker.io/nginxdemos/hello:0.4'],
    madeOf: "Debian's nginx, answering GET with the pod's name and everything else with 405, as the original does",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'curl',
    upstream: ['docker.io/curlimages/curl:8.11.1'],
    madeOf: "Debian's curl with busybox ash as its shell, not run as root",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'netshoot',
    upstream: ['docker.io/nicolaka/netshoot:v0.13'],
    madeOf: "Debian's bash, curl, dig, nslookup and tcpdump",
    inputs: [],
    neededBy: ['m1.e1', 'm1.e4', 'm1.e6'],
  },
  {
    name: 'prometheus',
    upstream: [`docker.io/prom/prometheus:v${versions.prometheus}`],
    madeOf: `Prometheus ${versions.prometheus}, built from its Go module without the pages of its web interface`,
    inputs: [{ go: 'prometheus', programs: ['prometheus'] }],
    neededBy: ['m1.e8', 'm2.e4', 'm2.ts'],
  },
  {
    name: 'fortio',
    upstream: [`docker.io/fortio/fortio:${versions.fortio}`],
    madeOf: `fortio ${versions.fortio}, built from its Go module`,
    inputs: [{ go: 'fortio', programs: ['fortio'] }],
    neededBy: ['m2.e5', 'm2.e6', 'm2.demo'],
  },
  {
    name: 'postgres',
    upstream: [`docker.io/library/postgres:${versions.postgres}`],
    madeOf: "Debian's PostgreSQL, started by the rules of the original",
    inputs: [],
    neededBy: ['m2.e1'],
  },
  {
    name: 'test-server',
    upstream: ['mesh-mastery.dev/test-server:1'],
    own: true,
    madeOf: 'the test server of this course, run by Node',
    inputs: [{ node: true }, { bundle: 'test-server', as: 'server.mjs' }],
    neededBy: ['m1.e5', 'm2.e1', 'm2.e2', 'm2.e3', 'm2.e4', 'm2.e6'],
  },
];

/** Node of kind's, as the release notes of kind 0.33.0 pin it: the newest of the course's minor version. */
export const kindestNode = isUnsupported('KUBERNETES', process.env)
  ? `docker.io/kindest/node:v${versions.kubernetes}`
  : 'docker.io/kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed';

/** The node where images come from a registry. */
export const upstreamNode = `docker.io/rancher/k3s:${versions.k3s}`;
