import type { CapabilityName } from './card.ts';
import { schedulableNodes } from './nodes.ts';
import { run } from './program.ts';

/** How a capability is looked for, and how to get it where it is missing. */
interface Capability {
  /** The check in words. */
  readonly lookedFor: string;
  readonly howToGet: string;
  readonly found: () => Promise<boolean>;
}

const ok = async (...args: readonly string[]) => (await run('kubectl', args)).exitCode === 0;

const capabilities: Readonly<Record<CapabilityName, Capability>> = {
  calc: { lookedFor: 'nothing: it only calculates', howToGet: 'it is always there', found: async () => true },
  k8s: {
    lookedFor: 'the API server says it is ready',
    howToGet: 'make up',
    found: () => ok('get', '--raw', '/readyz'),
  },
  netpol: {
    lookedFor: 'a deny-all policy in a scratch namespace stopped a working request when the run began',
    howToGet: 'a cluster whose network enforces NetworkPolicy, e.g. make up',
    found: async () => process.env['NETWORK_POLICY_ENFORCED'] === 'yes',
  },
  sidecar: {
    lookedFor: 'deployment istiod is available and its injection webhook registered',
    howToGet: 'make istio-sidecar',
    found: async () =>
      (await ok('wait', '-n', 'istio-system', 'deployment/istiod', '--for=condition=Available', '--timeout=0s')) &&
      (await ok('get', 'mutatingwebhookconfiguration', 'istio-sidecar-injector')),
  },
  'native-sidecar': {
    lookedFor: 'the nodes run Kubernetes 1.33 or newer',
    howToGet: 'a newer Kubernetes, e.g. make up',
    found: async () => {
      const minors = (await kubeletVersions()).map((version) => Number(/^v1\.(\d+)/.exec(version)?.[1]));
      return minors.length > 0 && minors.every((minor) => minor >= 33);
    },
  },
  nodes2: {
    lookedFor: 'at least two nodes that take pods',
    howToGet: 'a cluster of several nodes, e.g. make up CLUSTER=kind NODES=3',
    found: async () => (await schedulableNodes()).length > 1,
  },
  pcap: {
    lookedFor: 'this user may add ephemeral containers to pods, in which tcpdump listens',
    howToGet: 'rights on pods/ephemeralcontainers, and a namespace that admits the capability NET_RAW',
    found: () => ok('auth', 'can-i', 'update', 'pods', '--subresource=ephemeralcontainers', '--quiet'),
  },
  prom: {
    lookedFor: 'deployment prometheus in istio-system is available',
    howToGet: 'make observability',
    found: () => ok('wait', '-n', 'istio-system', 'deployment/prometheus', '--for=condition=Available', '--timeout=0s'),
  },
  kiali: {
    lookedFor: 'deployment kiali in istio-system is available',
    howToGet: 'make kiali, where its image can be pulled',
    found: () => ok('wait', '-n', 'istio-system', 'deployment/kiali', '--for=condition=Available', '--timeout=0s'),
  },
};

async function kubeletVersions(): Promise<string[]> {
  const { stdout } = await run('kubectl', [
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[*].status.nodeInfo.kubeletVersion}',
  ]);
  return stdout.split(' ').filter((version) => version !== '');
}

const answers = new Map<CapabilityName, Promise<boolean>>();

/** Looks once: what a cluster can do does not change while lessons run on it. */
function isFound(name: CapabilityName): Promise<boolean> {
  const asked = answers.get(name) ?? capabilities[name].found();
  answers.set(name, asked);
  return asked;
}

/** Reasons why an exercise cannot run here, one a missing capability: what, how it was looked for, how to get it. */
export async function missingCapabilities(needs: readonly CapabilityName[]): Promise<string[]> {
  const checked = await Promise.all(needs.map(async (name) => ({ name, found: await isFound(name) })));
  return checked
    .filter(({ found }) => !found)
    .map(
      ({ name }) =>
        `needs ${name}: not found (looked for: ${capabilities[name].lookedFor}); to get it: ${capabilities[name].howToGet}`,
    );
}
