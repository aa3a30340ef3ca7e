/** What is broken on purpose while lessons run: each must then go red, or stay green for a good reason. */
import type { CapabilityName } from '../card.ts';
import { converge } from '../convergence.ts';
import { must, run } from '../program.ts';
import { timeouts } from '../timeouts.ts';
import { letCertificatesRunOut, openWayToIstiod } from './certificate-past.ts';
import { onNode } from './on-node.ts';

/** `nothing to break`: the cast has nothing that the fault is about, so the lesson must not notice it. */
export type Struck = 'not yet' | 'broken' | 'nothing to break';

/** Something that breaks at the moment when a lesson's first manifest is about to be applied. */
export interface Fault {
  /** Word by which it is chosen: `make faults FAULT=dns-down`. */
  readonly name: string;
  /** Completes the sentence "while the lesson ran, …". */
  readonly says: string;
  /** What it breaks: the lesson's own cast, so that several lessons can be run at once, or the cluster for everybody. */
  readonly breaks: 'cast' | 'cluster';
  /** @param namespaces of the lesson's cast */
  readonly strike: (namespaces: readonly string[]) => Promise<void | 'nothing to break'>;
  /** Mends what the removal of the cast does not. */
  readonly heal?: () => Promise<void>;
  /**
   * What a lesson with these needs must do. `red`: it depends on what broke. `green`: it does not, and has to see that.
   * `either`: the fault passes by itself, so what is seen after it counts.
   */
  readonly demands: (needs: readonly CapabilityName[]) => 'red' | 'green' | 'either';
}

const limit = `--timeout=${timeouts.castReadyMs / 1000}s`;
const inMesh = (needs: readonly CapabilityName[]) => needs.includes('sidecar');

async function scale(namespace: string, deployment: string, replicas: number): Promise<void> {
  const named = ['--namespace', namespace, `deployment/${deployment}`];
  await must('kubectl', ['scale', ...named, `--replicas=${replicas}`]);
  if (replicas > 0) await must('kubectl', ['rollout', 'status', ...named, limit], { timeoutMs: timeouts.castReadyMs });
  else
    await must('kubectl', [
      'wait',
      '--namespace',
      namespace,
      'pod',
      '--for=delete',
      '-l',
      podsOf[deployment] ?? '',
      limit,
    ]);
}

const podsOf: Readonly<Record<string, string>> = { coredns: 'k8s-app=kube-dns', istiod: 'app=istiod' };

/** Names of a kind in a namespace that are the called side of a lesson. */
async function called(kind: string, namespace: string): Promise<string[]> {
  const { stdout } = await must('kubectl', ['get', kind, '--namespace', namespace, '--output', 'name']);
  return stdout.split('\n').filter((name) => name.includes('/backend'));
}

/** Sends a signal to the processes of the node whose command line has this text. */
function signalOnNode(name: string, signal: string, text: string): Promise<void> {
  const [first, rest] = [text.slice(0, 1), text.slice(1)];
  // The brackets keep the search from finding itself.
  return onNode(
    name,
    `found=$(grep -l -a '[${first}]${rest}' /proc/[0-9]*/cmdline | cut -d/ -f3); kill -${signal} $found`,
  );
}

/** @throws {Error} if the API server is not ready again before the deadline */
async function apiServerAnswers(): Promise<void> {
  const ready = () => run('kubectl', ['get', '--raw', '/readyz'], { timeoutMs: timeouts.commandMs });
  const seen = await converge(ready, ({ exitCode }) => exitCode === 0, {
    deadlineMs: timeouts.castReadyMs,
    inARow: 5,
  });
  if (!seen.holds) throw new Error(`the API server does not come back: ${seen.last.stderr}`);
}

const blackhole = (namespace: string, service: string) =>
  JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-nowhere`, namespace, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    // TEST-NET-1 of RFC 5737: nobody is there, and nobody says so.
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 80, protocol: 'TCP' }],
  });

/** Takes every way but the one into the void, until none comes back: slices are mirrored from the older Endpoints. */
async function onlyNowhere(namespace: string, service: string): Promise<void> {
  const there = ['--namespace', namespace];
  const slices = ['endpointslices', ...there, '-l', `kubernetes.io/service-name=${service}`];
  const seen = await converge(
    async () => {
      await must('kubectl', ['delete', 'endpoints', service, ...there, '--ignore-not-found']);
      const { stdout } = await must('kubectl', ['get', ...slices, '-o', 'name']);
      const others = stdout.split('\n').filter((name) => name !== '' && !name.endsWith('-nowhere'));
      if (others.length > 0) await must('kubectl', ['delete', ...others, ...there, '--ignore-not-found']);
      return others;
    },
    (others) => others.length === 0,
    { deadlineMs: timeouts.settleMs, inARow: 2 },
  );
  if (!seen.holds) throw new Error(`Service ${service} keeps leading to its pods: ${seen.last.join(', ')}`);
}

export const faults: readonly Fault[] = [
  {
    name: 'application-down',
    breaks: 'cast',
    says: 'the application that is called had stopped',
    strike: async ([namespace = '']) => {
      for (const name of await called('deployment', namespace)) {
        await must('kubectl', ['scale', '--namespace', namespace, name, '--replicas=0']);
      }
      await must('kubectl', ['wait', '--namespace', namespace, 'pod', '--for=delete', '-l', 'app=backend', limit]);
    },
    demands: () => 'red',
  },
  {
    name: 'wrong-selector',
    breaks: 'cast',
    says: 'the Service that is called selected no pod',
    strike: async ([namespace = '']) => {
      const selector = JSON.stringify({ spec: { selector: { app: 'nobody' } } });
      for (const name of await called('service', namespace)) {
        await must('kubectl', ['patch', '--namespace', namespace, name, '--type=merge', '--patch', selector]);
      }
    },
    demands: () => 'red',
  },
  {
    name: 'packets-lost',
    breaks: 'cast',
    says: 'the Service that is called led to an address that never answers, as a policy that drops would look',
    strike: async ([namespace = '']) => {
      for (const name of await called('service', namespace)) {
        const service = name.slice(name.indexOf('/') + 1);
        const patch = JSON.stringify({ spec: { selector: null } });
        await must('kubectl', ['patch', '--namespace', namespace, name, '--type=merge', '--patch', patch]);
        await must('kubectl', ['apply', '-f', '-'], { input: blackhole(namespace, service) });
        await onlyNowhere(namespace, service);
      }
    },
    demands: () => 'red',
  },
  {
    name: 'injection-missing',
    breaks: 'cast',
    says: 'the pods had been started again without a proxy',
    strike: async (namespaces) => {
      let injected = 0;
      for (const namespace of namespaces) {
        const label = ['get', 'namespace', namespace, '-o', 'jsonpath={.metadata.labels.istio-injection}'];
        // Where no proxy was meant to be, none is missing, and a restart would be another fault.
        if ((await must('kubectl', label)).stdout !== 'enabled') continue;
        injected += 1;
        await must('kubectl', ['label', 'namespace', namespace, 'istio-injection-']);
        await must('kubectl', ['rollout', 'restart', 'deployment', '--namespace', namespace]);
        const { stdout } = await must('kubectl', ['get', 'deployment', '--namespace', namespace, '--output', 'name']);
        for (const name of stdout.split('\n').filter(Boolean)) {
          await must('kubectl', ['rollout', 'status', name, '--namespace', namespace, limit], {
            timeoutMs: timeouts.castReadyMs,
          });
        }
      }
      return injected === 0 ? 'nothing to break' : undefined;
    },
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
  {
    name: 'dns-down',
    breaks: 'cluster',
    says: 'the cluster had no name service',
    strike: () => scale('kube-system', 'coredns', 0),
    heal: () => scale('kube-system', 'coredns', 1),
    demands: () => 'red',
  },
  {
    name: 'istiod-down',
    breaks: 'cluster',
    says: 'the control plane of the mesh had stopped',
    strike: () => scale('istio-system', 'istiod', 0),
    heal: () => scale('istio-system', 'istiod', 1),
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
  {
    name: 'certificate-past',
    breaks: 'cast',
    says: 'the certificate of the called side had run out, and could not be renewed',
    strike: async ([namespace = '']) => {
      if (!(await letCertificatesRunOut(namespace, await called('deployment', namespace)))) return 'nothing to break';
      return undefined;
    },
    heal: openWayToIstiod,
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
  {
    name: 'policy-engine-stopped',
    breaks: 'cluster',
    says: 'nobody carried NetworkPolicies to the node',
    strike: () => signalOnNode('fault-policy-engine', 'STOP', 'netpol/engine'),
    heal: () => signalOnNode('fault-policy-engine', 'CONT', 'netpol/engine'),
    demands: (needs) => (needs.includes('netpol') ? 'red' : 'green'),
  },
  {
    name: 'exec-cut',
    breaks: 'cluster',
    says: "the way of kubectl exec into the pods, the kubelet's port, was refused",
    strike: () =>
      onNode(
        'fault-exec',
        'nft add table inet fault && nft add chain inet fault in "{ type filter hook input priority -300; }" && nft add rule inet fault in tcp dport 10250 reject with tcp reset',
      ),
    heal: () => onNode('fault-exec', 'nft delete table inet fault'),
    demands: () => 'red',
  },
  {
    name: 'api-server-restarted',
    breaks: 'cluster',
    says: 'the API server was killed, and came back',
    // The pod that kills it cannot tell how it went: nobody listens.
    strike: async () => {
      await run('kubectl', ['version'], { timeoutMs: timeouts.commandMs });
      await signalOnNode('fault-api-server', 'KILL', 'kube-apiserver').catch(() => undefined);
    },
    heal: apiServerAnswers,
    demands: () => 'either',
  },
  {
    name: 'no-cpu',
    breaks: 'cluster',
    says: 'sixteen idle loops took the processors of the node for a minute',
    strike: () =>
      onNode(
        'fault-no-cpu',
        'for n in $(seq 16); do setsid timeout 60 sh -c "while :; do :; done" >/dev/null 2>&1 & done',
      ),
    demands: () => 'either',
  },
];
