/** Commands on the node of a cluster, in a pod of kubectl's own that shares the node's network. */
import { nameOf, references } from '../../kind/references.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Site } from './site.ts';

interface Node {
  readonly name: string;
  readonly address: string;
  readonly pods: string;
}

/** Reads something of the node, and shows the command. */
export async function onNode(site: Site, namespace: string, command: readonly string[]): Promise<Transcript> {
  const { cluster, recorder } = site;
  const words = await debugWords(cluster, namespace, command);
  await recorder.announce(typed(cluster, namespace, words));
  const transcript = await debug(cluster, namespace, words);
  await recorder.ran(transcript);
  return transcript;
}

/** Gives the node a route to the pods of another cluster, as the lesson's change; it goes when the exercise ends. */
export async function addRoute(
  { cluster, changes }: Site,
  other: Cluster,
  namespaces: readonly [string, ...string[]],
): Promise<void> {
  const [namespace] = namespaces;
  const { pods, address } = await firstNode(other);
  const words = await debugWords(cluster, namespace, ['ip', 'route', 'add', pods, 'via', address]);
  await changes.make(
    {
      title: `Give the node of ${cluster.name} a route to the pods of ${other.name}`,
      typed: typed(cluster, namespace, words),
      make: () => debug(cluster, namespace, words),
      undo: async () => {
        const away = await debugWords(cluster, namespace, ['ip', 'route', 'del', pods, 'via', address]);
        await debug(cluster, namespace, away);
        const left = await debug(cluster, namespace, await debugWords(cluster, namespace, ['ip', 'route']));
        if (left.stdout.includes(`${pods} via`)) throw new Error(`The route to ${pods} is still there: ${left.stdout}`);
      },
    },
    namespaces,
  );
}

async function debugWords(cluster: Cluster, namespace: string, command: readonly string[]): Promise<string[]> {
  const { name } = await firstNode(cluster);
  const how = ['--profile', 'netadmin', '--image', nameOf(references.netshoot), '--quiet'];
  return ['debug', `node/${name}`, '--namespace', namespace, ...how, '--', ...command];
}

const podsOfDebug = (namespace: string) => [
  '--namespace',
  namespace,
  '--selector',
  'app.kubernetes.io/managed-by=kubectl-debug',
];
const logsOf = (namespace: string) => ['logs', ...podsOfDebug(namespace), '--tail=-1'];

/** As a person would type it: the first command starts the pod, the second prints what it has said. */
function typed(cluster: Cluster, namespace: string, words: readonly string[]): string {
  return `${cluster.typed('kubectl', words)} && ${cluster.typed('kubectl', logsOf(namespace))}`;
}

/**
 * What the command has printed is read from the log of its pod: attached to it, kubectl may come too late for what ends at
 * once. kubectl leaves the pod behind.
 *
 * @throws {Error} if the command fails, which kubectl does not hand on
 */
async function debug(cluster: Cluster, namespace: string, words: readonly string[]): Promise<Transcript> {
  const ours = podsOfDebug(namespace);
  const transcript = await cluster.must('kubectl', words);
  try {
    const done = ['--for=jsonpath={.status.phase}=Succeeded', `--timeout=${timeouts.commandMs / 1000}s`];
    await cluster.must('kubectl', ['wait', 'pods', ...ours, ...done], { timeoutMs: timeouts.podsReadyMs });
    const { stdout } = await cluster.must('kubectl', logsOf(namespace));
    return { ...transcript, command: typed(cluster, namespace, words), stdout };
  } finally {
    await cluster.must('kubectl', ['delete', 'pods', ...ours, '--force', '--grace-period=0']);
  }
}

/** The first node of a cluster. */
async function firstNode(cluster: Cluster): Promise<Node> {
  const fields =
    '{.items[0].metadata.name} {.items[0].status.addresses[?(@.type=="InternalIP")].address} {.items[0].spec.podCIDR}';
  const { stdout } = await cluster.must('kubectl', ['get', 'nodes', '-o', `jsonpath=${fields}`]);
  const [name = '', address = '', pods = ''] = stdout.split(' ');
  return { name, address, pods };
}
