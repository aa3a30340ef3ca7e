/**
 * What a cluster must be able to do for an exercise to be meaningful: one list for the needs of cards, of curriculum rows
 * and of faults. What no exercise asks for yet has no way to be found.
 */
import { secondIstio, secondIstioctl, versions } from '../../kind/catalogue.ts';
import { nameOf, references } from '../../kind/references.ts';
import type { Cluster } from '../kube/cluster.ts';
import { cniConfiguration, pluginTypes } from '../kube/cni-configuration.ts';
import { schedulableNodes } from '../kube/nodes.ts';

/** What of the run a search may look at besides the cluster. */
export interface Site {
  readonly cluster: Cluster;
  /** All clusters that the exercise is about, that one first. */
  readonly clusters: readonly Cluster[];
  /** True if a policy that denies all was seen to stop a call that works. */
  readonly networkPolicyEnforced: boolean;
  /** True on a lab of the course's own. */
  readonly ours: boolean;
}

/** One capability. */
export interface Capability {
  /** How it is looked for, in words. */
  readonly lookedFor: string;
  readonly howToGet: string;
  /** Capabilities that come with it. */
  readonly implies?: readonly string[];
  /** What carries the calls of an exercise that needs it, where that is Istio's. */
  readonly dataPlane?: 'sidecar' | 'ambient';
  readonly found: (site: Site) => Promise<boolean>;
}

const ok = async (cluster: Cluster, ...args: readonly string[]) => (await cluster.run('kubectl', args)).exitCode === 0;

const available = (cluster: Cluster, deployment: string) =>
  ok(cluster, 'wait', '-n', 'istio-system', `deployment/${deployment}`, '--for=condition=Available', '--timeout=0s');

/** True if a DaemonSet of istio-system has a ready pod of its newest template on every node that it is for. */
async function daemonSetReady(cluster: Cluster, name: string): Promise<boolean> {
  const numbers = '{.status.desiredNumberScheduled} {.status.numberReady} {.status.updatedNumberScheduled}';
  const args = ['get', 'daemonset', name, '-n', 'istio-system', '-o', `jsonpath=${numbers}`];
  const [desired, ...others] = (await cluster.run('kubectl', args)).stdout.trim().split(' ');
  return Number(desired) > 0 && others.every((number) => number === desired);
}

/** True if the mesh-wide settings have a provider of that name. */
async function namesProvider(cluster: Cluster, provider: string): Promise<boolean> {
  const args = ['get', 'configmap', 'istio', '-n', 'istio-system', '-o', 'jsonpath={.data.mesh}'];
  return new RegExp(`^ *-? *name: ${provider}$`, 'm').test((await cluster.run('kubectl', args)).stdout);
}

/** True if every node holds all of these images, as the kubelet tells. */
async function onEveryNode(cluster: Cluster, wanted: readonly string[]): Promise<boolean> {
  const args = ['get', 'nodes', '-o', 'jsonpath={range .items[*]}{.status.images[*].names}{"\\n"}{end}'];
  const nodes = (await cluster.run('kubectl', args)).stdout.trim().split('\n');
  return nodes.every((images) => wanted.every((image) => images.includes(image)));
}

/** True if the istiod of a cluster has read the whole of another. */
async function hasRead(cluster: Cluster, other: string): Promise<boolean> {
  const { stdout } = await cluster.run('istioctl', ['remote-clusters']);
  return stdout.split('\n').some((line) => {
    const words = line.split(/\s+/);
    return words[0] === other && words.includes('synced');
  });
}

/** True if the gateway between clusters can be called from outside. */
async function hasGateway(cluster: Cluster): Promise<boolean> {
  const address = 'jsonpath={.status.loadBalancer.ingress[0]}';
  const args = ['get', 'service', 'istio-eastwestgateway', '-n', 'istio-system', '-o', address];
  return (await cluster.run('kubectl', args)).stdout !== '';
}

/** True if a cluster has no istiod, and asks by that name at the gateway of another. */
async function leadsToGateway(cluster: Cluster, primary: Cluster): Promise<boolean> {
  const inMesh = ['-n', 'istio-system', '-o'];
  const own = await cluster.run('kubectl', ['get', 'deployments', ...inMesh, 'name']);
  const asked = ['get', 'endpointslice', 'istiod', ...inMesh, 'jsonpath={.endpoints[0].addresses[0]}'];
  const gateway = ['get', 'service', 'istio-eastwestgateway', ...inMesh];
  const { stdout: address } = await cluster.run('kubectl', asked);
  const { stdout: there } = await primary.run('kubectl', [...gateway, 'jsonpath={.status.loadBalancer.ingress[0].ip}']);
  const injects = await ok(cluster, 'get', 'mutatingwebhookconfiguration', 'istio-sidecar-injector');
  return injects && own.exitCode === 0 && own.stdout === '' && address !== '' && address === there;
}

/** Of modules to come: their exercises bring the search. */
const notYet = (lookedFor: string, howToGet: string): Capability => ({ lookedFor, howToGet, found: async () => false });

export const capabilities = {
  calc: { lookedFor: 'nothing: it only calculates', howToGet: 'it is always there', found: async () => true },
  k8s: {
    lookedFor: 'the API server says it is ready',
    howToGet: 'make up',
    found: ({ cluster }) => ok(cluster, 'get', '--raw', '/readyz'),
  },
  netpol: {
    lookedFor: 'a deny-all policy in a scratch namespace stopped a working request when the run began',
    howToGet: 'a cluster whose network enforces NetworkPolicy, e.g. make up',
    implies: ['k8s'],
    found: async ({ networkPolicyEnforced }) => networkPolicyEnforced,
  },
  sidecar: {
    lookedFor: 'deployment istiod is available and its injection webhook registered',
    howToGet: 'make istio-sidecar',
    implies: ['k8s'],
    dataPlane: 'sidecar',
    found: async ({ cluster }) =>
      (await available(cluster, 'istiod')) &&
      (await ok(cluster, 'get', 'mutatingwebhookconfiguration', 'istio-sidecar-injector')),
  },
  'native-sidecar': {
    lookedFor: 'the nodes run Kubernetes 1.33 or newer',
    howToGet: 'a newer Kubernetes, e.g. make up',
    implies: ['k8s'],
    found: async ({ cluster }) => {
      const minors = (await kubeletVersions(cluster)).map((version) => Number(/^v1\.(\d+)/.exec(version)?.[1]));
      return minors.length > 0 && minors.every((minor) => minor >= 33);
    },
  },
  nodes2: {
    lookedFor: 'at least two nodes that take pods',
    howToGet: 'a cluster of several nodes, e.g. make up CLUSTER=kind NODES=3',
    implies: ['k8s'],
    found: async ({ cluster }) => (await schedulableNodes(cluster)).length > 1,
  },
  pcap: {
    lookedFor: 'this user may add ephemeral containers to pods, in which tcpdump listens',
    howToGet: 'rights on pods/ephemeralcontainers, and a namespace that admits the capability NET_RAW',
    implies: ['k8s'],
    found: ({ cluster }) =>
      ok(cluster, 'auth', 'can-i', 'update', 'pods', '--subresource=ephemeralcontainers', '--quiet'),
  },
  prom: {
    lookedFor: 'deployment prometheus in istio-system is available',
    howToGet: 'make observability',
    implies: ['k8s'],
    found: ({ cluster }) => available(cluster, 'prometheus'),
  },
  kiali: {
    lookedFor: 'deployment kiali in istio-system is available',
    howToGet: 'make kiali, where its image can be pulled',
    implies: ['k8s', 'prom'],
    found: ({ cluster }) => available(cluster, 'kiali'),
  },
  'istio-telemetry': {
    ...notYet("Istio's own statistics filter in a proxy", "images with Istio's own proxy: IMAGES=upstream"),
    implies: ['sidecar'],
  },
  tracing: {
    lookedFor:
      'deployment jaeger in istio-system is available, and the mesh-wide settings name it as the provider otel',
    howToGet: 'make observability',
    implies: ['sidecar'],
    found: async ({ cluster }) => (await available(cluster, 'jaeger')) && namesProvider(cluster, 'otel'),
  },
  ambient: {
    lookedFor:
      'DaemonSets ztunnel and istio-cni-node are ready, and istio-cni is the last plugin of the CNI configuration',
    howToGet: 'ztunnel is in no package registry: `ZTUNNEL=/path/to/ztunnel make course`, or IMAGES=upstream',
    implies: ['k8s'],
    dataPlane: 'ambient',
    found: async ({ cluster }) =>
      (await daemonSetReady(cluster, 'ztunnel')) &&
      (await daemonSetReady(cluster, 'istio-cni-node')) &&
      pluginTypes(await cniConfiguration(cluster)).at(-1) === 'istio-cni',
  },
  waypoint: {
    lookedFor: 'GatewayClass istio-waypoint is accepted',
    howToGet: 'ambient mode, whose istiod makes that class',
    implies: ['ambient'],
    dataPlane: 'ambient',
    found: ({ cluster }) =>
      ok(cluster, 'wait', 'gatewayclass/istio-waypoint', '--for=condition=Accepted', '--timeout=0s'),
  },
  providers: {
    lookedFor: 'the mesh-wide settings name the providers of kind/istio.yaml, audit among them',
    howToGet: 'make istio-sidecar',
    implies: ['sidecar'],
    found: ({ cluster }) => namesProvider(cluster, 'audit'),
  },
  gwapi: {
    lookedFor: 'GatewayClass istio is accepted',
    howToGet: 'a lab, e.g. make up; elsewhere the CRDs of the Gateway API',
    implies: ['sidecar'],
    found: ({ cluster }) => ok(cluster, 'wait', 'gatewayclass/istio', '--for=condition=Accepted', '--timeout=0s'),
  },
  clusters2: {
    lookedFor:
      'two clusters west and east: the istiod of each has read the other, and the gateway of each has an address',
    howToGet:
      'make up CLUSTERS=2; elsewhere EAST=<context> beside CONTEXT, for clusters that Istio knows by these names',
    implies: ['sidecar'],
    found: async ({ clusters: [west, east] }) =>
      west !== undefined &&
      east !== undefined &&
      (await Promise.all([hasRead(west, 'east'), hasRead(east, 'west'), hasGateway(west), hasGateway(east)])).every(
        Boolean,
      ),
  },
  edge: {
    lookedFor:
      'a third cluster edge, without an istiod: its webhook for injection is there, and the name istiod leads to east’s gateway',
    howToGet: 'a lab, e.g. make up CLUSTERS=3',
    implies: ['clusters2'],
    found: async ({ clusters: [, east, edge] }) =>
      east !== undefined && edge !== undefined && (await leadsToGateway(edge, east)),
  },
  routes2: {
    lookedFor: 'both clusters are of the course’s own lab, whose nodes may be given routes',
    howToGet: 'make up CLUSTERS=2',
    implies: ['clusters2'],
    found: async ({ ours, clusters }) => ours && clusters.length > 1,
  },
  rev2: {
    lookedFor:
      "the istioctl of a release of Istio older than the mesh's, which comes to a lab together with its images",
    howToGet: 'make up REVISIONS=2 with the newest release of Istio',
    implies: ['sidecar'],
    // A node tells of an image up to forty seconds after it has got it.
    found: async ({ cluster }) =>
      secondIstio.version.localeCompare(versions.istio, 'en', { numeric: true }) < 0 &&
      (await cluster.run(secondIstioctl, ['version', '--remote=false'])).exitCode === 0,
  },
  rollouts: {
    lookedFor: "Argo Rollouts' kinds are established, and every node holds the image of its controller",
    howToGet: 'make rollouts',
    implies: ['sidecar'],
    found: async ({ cluster }) => {
      const kinds = ['rollouts', 'analysisruns', 'analysistemplates', 'experiments'].map(
        (name) => `crd/${name}.argoproj.io`,
      );
      const established = await ok(cluster, 'wait', ...kinds, '--for=condition=Established', '--timeout=0s');
      return established && onEveryNode(cluster, [nameOf(references['argo-rollouts'])]);
    },
  },
  'control-plane2': {
    lookedFor: 'this user may create ClusterRoles and webhooks, which an istiod of its own needs',
    howToGet: 'rights of an administrator of the cluster',
    implies: ['sidecar'],
    found: async ({ cluster }) => {
      const kinds = [
        'clusterroles',
        'clusterrolebindings',
        'mutatingwebhookconfigurations',
        'validatingwebhookconfigurations',
      ];
      const asked = await Promise.all(kinds.map((kind) => ok(cluster, 'auth', 'can-i', 'create', kind, '--quiet')));
      return asked.every(Boolean);
    },
  },
  'audit-log': {
    lookedFor: 'the API server writes what it audits into its own log, which this user may read',
    howToGet: 'a lab with one assembled node, e.g. make up',
    implies: ['sidecar'],
    found: async ({ cluster }) => {
      const args = ['get', 'pods', '-n', 'kube-system', '-l', 'component=kube-apiserver'];
      const { stdout } = await cluster.run('kubectl', [
        ...args,
        '-o',
        'jsonpath={.items[*].spec.containers[*].command}',
      ]);
      return stdout.includes('"--audit-log-path=-"');
    },
  },
  perf: { ...notYet('four processors, and nothing else that runs', 'another machine'), implies: ['k8s'] },
} as const satisfies Readonly<Record<string, Capability>>;

/** Name of a capability. */
export type CapabilityName = keyof typeof capabilities;

/** What is needed by name, and what that implies. */
export function withImplied(needs: readonly CapabilityName[]): ReadonlySet<CapabilityName> {
  const all = new Set(needs);
  // A set also visits what is added while it is walked through.
  for (const name of all) for (const implied of implications(name)) all.add(implied);
  return all;
}

/** What carries the calls of an exercise with these needs; undefined where no mesh does. */
export function dataPlaneOf(needs: readonly CapabilityName[]): Capability['dataPlane'] {
  return [...withImplied(needs)].map((name) => (capabilities[name] as Capability).dataPlane).find(Boolean);
}

const answers = new Map<string, Promise<boolean>>();

/** Looks once: what a cluster can do does not change while lessons run on it. */
function isFound(name: CapabilityName, site: Site): Promise<boolean> {
  const key = `${site.cluster.kubeconfig} ${name}`;
  const asked = answers.get(key) ?? capabilities[name].found(site);
  answers.set(key, asked);
  return asked;
}

/** Reasons why an exercise cannot run here, one a missing capability: what, how it was looked for, how to get it. */
export async function missingCapabilities(needs: readonly CapabilityName[], site: Site): Promise<string[]> {
  const wanted = [...withImplied(needs)];
  const checked = await Promise.all(wanted.map(async (name) => ({ name, found: await isFound(name, site) })));
  return checked
    .filter(({ found }) => !found)
    .map(({ name }) => {
      const { lookedFor, howToGet } = capabilities[name];
      return `needs ${name}: not found (looked for: ${lookedFor}); to get it: ${howToGet}`;
    });
}

function implications(name: CapabilityName): readonly CapabilityName[] {
  return ((capabilities[name] as Capability).implies ?? []) as readonly CapabilityName[];
}

async function kubeletVersions(cluster: Cluster): Promise<string[]> {
  const { stdout } = await cluster.run('kubectl', [
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[*].status.nodeInfo.kubeletVersion}',
  ]);
  return stdout.split(' ').filter((version) => version !== '');
}
