import { converge } from '../system/polling.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { type Fault, inMesh } from './fault.ts';
import { onNode } from './on-node.ts';

const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;

async function scale(namespace: string, deployment: string, replicas: number): Promise<void> {
  const named = ['--namespace', namespace, `deployment/${deployment}`];
  await must('kubectl', ['scale', ...named, `--replicas=${replicas}`]);
  if (replicas > 0) await must('kubectl', ['rollout', 'status', ...named, limit], { timeoutMs: timeouts.podsReadyMs });
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

/** Prints the processes of the node whose command line has this text, one a line. */
function processesWith(text: string): string {
  // The brackets keep the search from finding itself.
  const pattern = `[${text.slice(0, 1)}]${text.slice(1)}`;
  return `grep -l -a '${pattern}' /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3`;
}

/**
 * Sends a signal to the processes of the node whose command line has this text. A node of upstream's may have no such
 * process: k3s is one program, and each network has an engine of its own.
 */
async function signalOnNode(name: string, signal: string, text: string): Promise<void | 'nothing to break'> {
  const kill = `found=$(${processesWith(text)}); if [ -n "$found" ]; then kill -${signal} $found; else echo none; fi`;
  if ((await onNode(name, kill)).trim() === 'none') return 'nothing to break';
}

/** @throws {Error} if the API server is not ready again before the deadline */
async function apiServerAnswers(): Promise<void> {
  const ready = () => run('kubectl', ['get', '--raw', '/readyz'], { timeoutMs: timeouts.commandMs });
  const seen = await converge(ready, ({ exitCode }) => exitCode === 0, {
    deadlineMs: timeouts.podsReadyMs,
    confirm: () => Promise.all(Array.from({ length: 4 }, ready)),
  });
  if (!seen.holds) throw new Error(`the API server does not come back: ${seen.last.stderr}`);
}

/** What breaks for everybody on the cluster, and has to be mended. */
export const clusterFaults: readonly Fault[] = [
  {
    name: 'dns-down',
    breaks: 'cluster',
    says: 'the cluster had no name service',
    inject: () => scale('kube-system', 'coredns', 0),
    restore: () => scale('kube-system', 'coredns', 1),
    demands: () => 'red',
  },
  {
    name: 'istiod-down',
    breaks: 'cluster',
    says: 'the control plane of the mesh had stopped',
    inject: () => scale('istio-system', 'istiod', 0),
    restore: () => scale('istio-system', 'istiod', 1),
    demands: (needs) => (inMesh(needs) ? 'red' : 'green'),
  },
  {
    name: 'policy-engine-stopped',
    breaks: 'cluster',
    says: 'nobody carried NetworkPolicies to the node',
    inject: () => signalOnNode('fault-policy-engine', 'STOP', 'netpol/engine'),
    restore: async () => {
      await signalOnNode('fault-policy-engine', 'CONT', 'netpol/engine');
    },
    demands: (needs) => (needs.includes('netpol') ? 'red' : 'green'),
  },
  {
    name: 'exec-cut',
    breaks: 'cluster',
    says: "the way of kubectl exec into the pods, the kubelet's port, was refused",
    inject: async () => {
      await onNode(
        'fault-exec',
        'nft add table inet fault && nft add chain inet fault in "{ type filter hook input priority -300; }" && nft add rule inet fault in tcp dport 10250 reject with tcp reset',
      );
    },
    restore: async () => {
      await onNode('fault-exec', 'nft delete table inet fault');
    },
    demands: () => 'red',
  },
  {
    name: 'api-server-restarted',
    breaks: 'cluster',
    says: 'the API server was killed, and came back',
    // The pod that kills it cannot tell how it went: nobody listens.
    inject: async () => {
      if ((await onNode('fault-api-server', processesWith('kube-apiserver'))).trim() === '') return 'nothing to break';
      await signalOnNode('fault-api-server', 'KILL', 'kube-apiserver').catch(() => undefined);
      return undefined;
    },
    restore: apiServerAnswers,
    demands: () => 'either',
  },
  {
    name: 'no-cpu',
    breaks: 'cluster',
    says: 'sixteen idle loops took the processors of the node for a minute',
    inject: async () => {
      await onNode(
        'fault-no-cpu',
        'for n in $(seq 16); do setsid timeout 60 sh -c "while :; do :; done" >/dev/null 2>&1 & done',
      );
    },
    demands: () => 'either',
  },
];
