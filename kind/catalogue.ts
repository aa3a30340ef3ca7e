/** The one list of what the lab is made of: every program and image, its upstream name, and how it is assembled. */

import { type IstioRelease, istioRelease, istioReleaseBeside, minorOf } from './istio-releases.ts';
import { kubernetesReleases } from './kubernetes-releases.ts';
import { nameOf, references } from './references.ts';
import { chosenVersion } from './versions.ts';

const istio = istioRelease(chosenVersion('ISTIO'));

/** Versions that the recipes and the upstream references share. */
export const versions = {
  kubernetes: chosenVersion('KUBERNETES'),
  etcd: '3.6.16',
  coredns: '1.15.0',
  prometheus: references.prometheus.tag.slice(1),
  fortio: references.fortio.tag,
  argoRollouts: references['argo-rollouts'].tag.slice(1),
  jaeger: references.jaeger.tag,
  alertmanager: references.alertmanager.tag.slice(1),
  opa: references.opa.tag.replace(/-.*$/, ''),
  pause: '3.10.2',
  containerd: '2.4.2',
  /** Release whose images are used from a registry. */
  istio: chosenVersion('ISTIO'),
  /** Commit of the release's branch that is assembled. */
  istioCommit: istio.commit,
  envoy: chosenVersion('ENVOY'),
  debian: 'trixie',
  /** Day since which its packages are fetched anew, written by `make versions`; empty where they never were. */
  debianSince: '',
} as const;

/** Parts of the assembled Istio that are not of its release, and what stands in for each. */
export const borrowedParts: Readonly<Record<string, string>> = istio.borrowed ?? {};

/** Version that istioctl, istiod and pilot-agent of a release give as their own where they are assembled. */
export const assembledVersionOf = ({ version, commit }: IstioRelease) => `${minorOf(version)}-${commit}`;

/** The same of the chosen release. */
export const assembledIstioVersion = assembledVersionOf(istio);

/** A Go module of `kind/go/` and the programs built from it. */
export interface GoRecipe {
  /** Name of what it builds, and of its folder below `kind/go/` unless it has one for each release. */
  readonly module: string;
  /** Its folder, where it has one for each release: those of all releases are built and kept side by side. */
  readonly folder?: string;
  /** File names that the build leaves. */
  readonly programs: readonly string[];
  readonly tags?: string;
  /** Built under the name of the one program, where Go would name it otherwise. */
  readonly package?: string;
  /** Values set at link time, by the full name of the variable. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Where a version is asked for that the course is not run on, kubectl and istioctl are those of the default. */
const { version: kubernetes } =
  kubernetesReleases.find(({ version }) => version === versions.kubernetes) ?? kubernetesReleases[0];
const [major, minor] = kubernetes.split('.');

/** How the programs of a release of Istio are built. */
export function istioPrograms(release: IstioRelease) {
  return {
    module: 'istio',
    folder: `istio-${minorOf(release.version)}`,
    programs: ['istioctl', 'pilot-agent', 'pilot-discovery'],
    tags: 'vtprotobuf',
    variables: {
      'istio.io/istio/pkg/version.buildVersion': assembledVersionOf(release),
      'istio.io/istio/pkg/version.buildGitRevision': release.commit,
      'istio.io/istio/pkg/version.buildStatus': 'Clean',
      'istio.io/istio/pkg/version.buildTag': assembledVersionOf(release),
    },
  } as const satisfies GoRecipe;
}

/** Only istioctl of a release: all of it that is built where images come from a registry. */
export function istioctlAlone(release: IstioRelease) {
  return {
    ...istioPrograms(release),
    programs: ['istioctl'],
    package: 'istio.io/istio/istioctl/cmd/istioctl',
  } as const satisfies GoRecipe;
}

/** How what ambient mode runs on nodes is built; only a lab that gets ambient mode has it. */
export function istioCniPrograms(release: IstioRelease) {
  return {
    ...istioPrograms(release),
    folder: `istio-cni-${minorOf(release.version)}`,
    programs: ['install-cni', 'istio-cni'],
  } as const satisfies GoRecipe;
}

/** Largest first, so that a clone on a cold machine sees at once what takes long. */
export const goRecipes = [
  {
    module: 'kubernetes',
    folder: `kubernetes-${major}.${minor}`,
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
      'k8s.io/component-base/version.gitVersion': `v${kubernetes}`,
      'k8s.io/component-base/version.gitMajor': major ?? '',
      'k8s.io/component-base/version.gitMinor': minor ?? '',
      'k8s.io/component-base/version.gitTreeState': 'clean',
    },
  },
  istioPrograms(istio),
  {
    module: 'prometheus',
    programs: ['prometheus'],
    // Service discoveries of the clouds stay out, with their SDKs; files and static lists are always in.
    tags: 'remove_all_sd,enable_kubernetes_sd',
    variables: { 'github.com/prometheus/common/version.Version': versions.prometheus },
  },
  {
    module: 'jaeger',
    programs: ['jaeger'],
    variables: { 'github.com/jaegertracing/jaeger/internal/version.latestVersion': `v${versions.jaeger}` },
  },
  {
    module: 'argo-rollouts',
    programs: ['rollouts-controller'],
    variables: { 'github.com/argoproj/argo-rollouts/utils/version.version': versions.argoRollouts },
  },
  { module: 'opa', programs: ['opa'], package: '.' },
  { module: 'coredns', programs: ['coredns'], package: '.' },
  {
    module: 'containerd',
    programs: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
    tags: 'no_btrfs,no_devmapper,no_zfs',
    variables: { 'github.com/containerd/containerd/v2/version.Version': `v${versions.containerd}` },
  },
  {
    module: 'alertmanager',
    programs: ['alertmanager'],
    variables: { 'github.com/prometheus/common/version.Version': versions.alertmanager },
  },
  { module: 'etcd', programs: ['etcd'], package: 'go.etcd.io/etcd/server/v3' },
  { module: 'fortio', programs: ['fortio'] },
  { module: 'cni', programs: ['host-local', 'loopback', 'portmap', 'ptp'] },
] as const satisfies readonly GoRecipe[];

const [kubernetesRecipe] = goRecipes;

/** kubectl and istioctl alone: all that is built where images come from a registry. */
export const clientRecipes = [
  { ...kubernetesRecipe, programs: ['kubectl'], package: 'k8s.io/kubernetes/cmd/kubectl' },
  istioctlAlone(istio),
] as const satisfies readonly GoRecipe[];

/** Folder of a module below `kind/go/`. */
export type GoModule = (typeof goRecipes)[number]['module'];

/** A file that an image's build takes from elsewhere than its own folder. */
export type ImageInput =
  | { readonly go: GoModule | GoRecipe; readonly programs: readonly string[] }
  /** Upstream's Envoy of a version. */
  | { readonly envoy: string }
  /** A file of the sources that a recipe of Istio builds. */
  | { readonly istioFile: string; readonly of: GoRecipe }
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
  /** True if upstream's nodes bring the like of it along: it is on assembled nodes only, and nobody pulls it. */
  readonly ofNode?: true;
  /** Packages of Debian that the stand-in is made of, beside the base and what they depend on. */
  readonly packages?: readonly string[];
  /** What the stand-in has and its original has not, where it could not be left out: no lesson may use it. */
  readonly beyond?: string;
  /** What the stand-in is made from, for the report. */
  readonly madeOf: string;
  readonly inputs: readonly ImageInput[];
  /** Exercises that cannot run without it; `lab` where every exercise needs it. */
  readonly neededBy: readonly string[];
}

/**
 * Images of a release of Istio.
 *
 * @param tag under which pods ask for them
 * @param envoy version of the proxy where they are assembled
 */
export function istioImages(release: IstioRelease, tag: string, envoy: string): readonly ImageRecipe[] {
  const programs = istioPrograms(release);
  const neededBy = ['m1.e7', 'm2.e5'];
  return [
    {
      name: 'istio-pilot',
      upstream: [nameOf({ ...references['istio-pilot'], tag })],
      madeOf: `istiod ${assembledVersionOf(release)}, built from Istio's Go module`,
      inputs: [{ go: programs, programs: ['pilot-discovery'] }],
      neededBy,
    },
    {
      name: 'istio-proxyv2',
      upstream: [nameOf({ ...references['istio-proxyv2'], tag })],
      packages: ['ca-certificates', 'curl', 'iproute2', 'iptables'],
      madeOf: `pilot-agent ${assembledVersionOf(release)} with upstream Envoy ${envoy}, which lacks Istio's own filters`,
      inputs: [
        { go: programs, programs: ['pilot-agent'] },
        { envoy },
        { istioFile: 'tools/packaging/common/envoy_bootstrap.json', of: programs },
      ],
      neededBy,
    },
  ];
}

/** The release that REVISIONS=2 brings beside the chosen one, the name of its istioctl on the lab, and its images. */
export const secondIstio = istioReleaseBeside(versions.istio);
export const secondIstioctl = `istioctl-${minorOf(secondIstio.version)}`;
export const secondIstioImages = istioImages(secondIstio, secondIstio.version, secondIstio.envoys[0]);

/** The image of ambient mode that is assembled. ztunnel is in no registry of packages: its program is the user's. */
export const installCniImage: ImageRecipe = {
  name: 'istio-install-cni',
  upstream: [nameOf(references['istio-install-cni'])],
  packages: ['ca-certificates', 'iproute2', 'iptables', 'nftables'],
  madeOf: `istio-cni ${assembledIstioVersion}, built from Istio's Go module`,
  inputs: [{ go: istioCniPrograms(istio), programs: ['install-cni', 'istio-cni'] }],
  neededBy: ['m3'],
};

/** Images on the node, in the order of the layers of a cluster. */
export const imageRecipes: readonly ImageRecipe[] = [
  {
    name: 'kubernetes',
    ofNode: true,
    packages: ['iptables', 'kmod', 'nftables'],
    upstream: ['apiserver', 'controller-manager', 'scheduler', 'proxy'].map(
      (program) => `registry.k8s.io/kube-${program}:v${versions.kubernetes}`,
    ),
    madeOf: `Kubernetes ${versions.kubernetes}, built from its Go module`,
    beyond: 'a shell and the tools of Debian; no lesson enters it',
    inputs: [
      { go: 'kubernetes', programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'] },
    ],
    neededBy: ['lab'],
  },
  {
    name: 'etcd',
    ofNode: true,
    upstream: [`registry.k8s.io/etcd:${versions.etcd}-0`],
    madeOf: `etcd ${versions.etcd}, built from its Go module`,
    inputs: [{ go: 'etcd', programs: ['etcd'] }],
    neededBy: ['lab'],
  },
  {
    name: 'coredns',
    ofNode: true,
    upstream: [`registry.k8s.io/coredns/coredns:v${versions.coredns}`],
    madeOf: `CoreDNS ${versions.coredns}, built from its Go module with the plugins that a cluster needs`,
    inputs: [{ go: 'coredns', programs: ['coredns'] }],
    neededBy: ['lab'],
  },
  {
    name: 'pause',
    ofNode: true,
    packages: ['catatonit'],
    upstream: [`registry.k8s.io/pause:${versions.pause}`],
    madeOf: 'catatonit of Debian, which waits and reaps as pause does',
    beyond: 'a shell and the tools of Debian; no lesson enters it',
    inputs: [],
    neededBy: ['lab'],
  },
  ...istioImages(istio, versions.istio, versions.envoy),
  {
    name: 'nginx',
    upstream: [nameOf(references.nginx)],
    packages: ['curl', 'nginx'],
    madeOf: "Debian's nginx with the welcome page",
    beyond: "the program ip, which Debian's nginx comes with",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'hello',
    upstream: [nameOf(references.hello)],
    packages: ['busybox', 'curl', 'nginx'],
    madeOf: "Debian's nginx, answering GET with the pod's name and everything else with 405, as the original does",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'curl',
    upstream: [nameOf(references.curl)],
    packages: ['busybox', 'curl'],
    madeOf: "Debian's curl with busybox ash as its shell, not run as root",
    inputs: [],
    neededBy: ['m1.e2', 'm1.e4', 'm1.e7', 'm2.e5'],
  },
  {
    name: 'netshoot',
    upstream: [nameOf(references.netshoot)],
    packages: [
      'bind9-dnsutils',
      'busybox',
      'curl',
      'iproute2',
      'iputils-ping',
      'netcat-openbsd',
      'nftables',
      'openssl',
      'tcpdump',
    ],
    madeOf: "Debian's bash, curl, dig, nslookup, openssl and tcpdump",
    beyond: "Debian's apt, dpkg and GNU tools",
    inputs: [],
    neededBy: ['m1.e1', 'm1.e4', 'm1.e6'],
  },
  {
    name: 'prometheus',
    upstream: [nameOf(references.prometheus)],
    madeOf: `Prometheus ${versions.prometheus}, built from its Go module without the pages of its web interface`,
    inputs: [{ go: 'prometheus', programs: ['prometheus'] }],
    neededBy: ['m1.e8', 'm2.e4', 'm2.ts', 'm8.e7'],
  },
  {
    name: 'fortio',
    upstream: [nameOf(references.fortio)],
    madeOf: `fortio ${versions.fortio}, built from its Go module`,
    inputs: [{ go: 'fortio', programs: ['fortio'] }],
    neededBy: ['m2.e5', 'm2.e6', 'm2.demo'],
  },
  {
    name: 'argo-rollouts',
    upstream: [nameOf(references['argo-rollouts'])],
    madeOf: `Argo Rollouts ${versions.argoRollouts}, its controller built from its Go module`,
    inputs: [{ go: 'argo-rollouts', programs: ['rollouts-controller'] }],
    neededBy: ['m5.e10'],
  },
  {
    name: 'jaeger',
    upstream: [nameOf(references.jaeger)],
    madeOf: `Jaeger ${versions.jaeger}, built from its Go module, which holds no pages of a web interface`,
    inputs: [{ go: 'jaeger', programs: ['jaeger'] }],
    neededBy: ['m6.e2', 'm6.e3', 'm6.e7', 'm8.e7'],
  },
  {
    name: 'alertmanager',
    upstream: [nameOf(references.alertmanager)],
    madeOf: `Alertmanager ${versions.alertmanager}, built from its Go module`,
    inputs: [{ go: 'alertmanager', programs: ['alertmanager'] }],
    neededBy: ['m6.e6'],
  },
  {
    name: 'opa',
    upstream: [nameOf(references.opa)],
    madeOf: `OPA ${versions.opa}, built from its Go module, with a plugin of this course for Envoy's questions, since no Go module proxy serves the original's`,
    inputs: [{ go: 'opa', programs: ['opa'] }],
    neededBy: ['m8.e4'],
  },
  {
    name: 'postgres',
    upstream: [nameOf(references.postgres)],
    packages: ['postgresql-17'],
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

/** Packages of Debian on assembled nodes, beside the base: what starts containers, joins their networks and guards them. */
export const nodePackages: readonly string[] = [
  'ca-certificates',
  'catatonit',
  'conntrack',
  'crun',
  'iproute2',
  'iptables',
  'kmod',
  'nftables',
  'procps',
];

/** Nodes where images come from a registry; kind's as its release notes pin it. */
export const upstreamNodes = {
  k3s: nameOf(references.k3s),
  kind: 'digest' in references.kind ? `${nameOf(references.kind)}@${references.kind.digest}` : nameOf(references.kind),
} as const;
