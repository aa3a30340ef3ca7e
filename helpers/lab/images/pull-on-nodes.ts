/**
 * Has every node pull what lessons will ask for, before they do: a lesson's deadlines are for its pods, not for a
 * registry. The kubelet pulls, with its own mirrors and credentials, for pods that do nothing else.
 */
import { EventEmitter } from 'node:events';

import type { Cluster } from '../../kube/cluster.ts';
import { exerciseLabel, removeNamespaces } from '../../kube/namespaces.ts';
import { schedulableNodes } from '../../kube/nodes.ts';
import { EnvironmentProblem } from '../../system/errors.ts';
import { waitForEvent } from '../../system/polling.ts';
import { timeouts } from '../../system/timeouts.ts';

const namespace = 'm0-images';

/** One image on one node, as the kubelet tells of it. */
export interface Pull {
  readonly node: string;
  readonly image: string;
  /** `sha256:…` once it is there; empty before. */
  readonly digest: string;
  /** Why it is not there yet, in the kubelet's words; empty while it is being pulled. */
  readonly trouble: string;
}

/** What no further attempt will change. */
const hopeless = /not found|manifest unknown|denied|unauthorized|toomanyrequests|429|no such host/i;

/**
 * Pulls images on every node that takes pods; what is there already is not pulled again.
 *
 * @param say is told of each image that has arrived on all nodes
 * @throws {EnvironmentProblem} that names each image a node cannot pull, with the kubelet's reason
 */
export async function pullOnNodes(
  cluster: Cluster,
  images: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const nodes = await schedulableNodes(cluster);
  await removeNamespaces(cluster, [namespace]);
  await cluster.must('kubectl', ['apply', '-f', '-'], { input: JSON.stringify(pullers(nodes, images)) });
  try {
    const pulls = await watchPulls(cluster, images, nodes.length, say);
    const failed = pulls.filter(({ digest }) => digest === '');
    if (failed.length === 0) return;
    const reasons = failed.map(({ node, image, trouble }) => `${image} on ${node}: ${trouble || 'still being pulled'}`);
    throw new EnvironmentProblem(
      `images cannot be pulled: ${reasons.join('; ')}`,
      'make images lists what a registry must hold; REGISTRY=host:port names a mirror; IMAGES=assembled needs none',
    );
  } finally {
    await cluster.run('kubectl', ['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']);
  }
}

async function watchPulls(
  cluster: Cluster,
  images: readonly string[],
  nodes: number,
  say: (line: string) => void,
): Promise<Pull[]> {
  const pulls = new Map<string, Pull>();
  const [told, troubles] = [new Set<string>(), new Set<string>()];
  const news = new EventEmitter();
  const over = new AbortController();
  const hear = (line: string) => {
    const heard = readPull(line, images);
    if (heard !== undefined) pulls.set(`${heard.node} ${heard.image}`, heard);
    if (heard !== undefined && heard.trouble !== '' && !troubles.has(heard.image)) {
      troubles.add(heard.image);
      say(`${heard.image} cannot be pulled yet on ${heard.node}: ${heard.trouble}`);
    }
    for (const image of images.filter((each) => !told.has(each))) {
      const arrived = [...pulls.values()].filter((pull) => pull.image === image && pull.digest !== '');
      if (arrived.length < nodes) continue;
      told.add(image);
      say(`${image}: on ${nodes === 1 ? 'the node' : `${nodes} nodes`} (${told.size} of ${images.length})`);
    }
    news.emit('news');
  };
  const watch = ['get', 'pods', '--namespace', namespace, '--watch', '--output', `go-template=${pullsOfPod}`];
  const watching = cluster.run('kubectl', watch, {
    onLine: hear,
    signal: over.signal,
    timeoutMs: timeouts.imagesPullMs,
  });
  const ended = new AbortController();
  void watching.then(() => ended.abort());
  const settled = () =>
    pulls.size === images.length * nodes &&
    [...pulls.values()].every(({ digest, trouble }) => digest !== '' || hopeless.test(trouble));
  await waitForEvent(settled, news, ended.signal);
  over.abort();
  await watching;
  return [...pulls.values()];
}

/** A line for each container of a pod: node, number of the image, digest, trouble; parted by bars, for kubectl spreads tabs. */
const pullsOfPod =
  '{{range .status.containerStatuses}}{{$.spec.nodeName}}|{{.name}}|{{.imageID}}|' +
  '{{with .state.waiting}}{{.reason}}: {{.message}}{{end}}\n{{end}}';

/** Reads one such line; none of what is no such line, as a message that goes over several. */
export function readPull(line: string, images: readonly string[]): Pull | undefined {
  const [node = '', name = '', imageId = '', waiting = ''] = line.split('|');
  const image = images[Number(/^image-(\d+)$/.exec(name)?.[1])];
  if (image === undefined) return undefined;
  const digest = /sha256:[0-9a-f]{64}$/.exec(imageId)?.[0] ?? '';
  return {
    node,
    image,
    digest,
    trouble: /^(ErrImagePull|ImagePullBackOff|InvalidImageName)/.test(waiting) ? waiting : '',
  };
}

/** A namespace, and in it a pod for each node with a container for each image; none of them ever runs. */
function pullers(nodes: readonly string[], images: readonly string[]) {
  const containers = images.map((image, index) => ({
    name: `image-${index}`,
    image,
    imagePullPolicy: 'IfNotPresent',
    // A program that no image has: once the image is there, the container fails to start, and that is all.
    command: ['/pulled-and-not-started'],
    resources: { requests: { cpu: '1m', memory: '1Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  }));
  const securityContext = { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } };
  const pods = nodes.map((nodeName, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pull-${index}`, namespace, labels: { 'sidecar.istio.io/inject': 'false' } },
    spec: {
      nodeName,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      securityContext,
      containers,
    },
  }));
  const labels = { [exerciseLabel]: 'images' };
  const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  return { apiVersion: 'v1', kind: 'List', items: [home, ...pods] };
}
