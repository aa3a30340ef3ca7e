import { answered, cutOffFrom, exercise, proxyLogCommand, resetByProxy } from '../../../helpers/index.ts';

const namespace = 'm3-e0-beside';
const root = 'istio-system';
const identity = `spiffe://cluster.local/ns/${namespace}/sa/frontend`;
/** Name, pods that are wanted and pods that are ready, a line for each DaemonSet. */
const daemons = [
  'get',
  'daemonsets',
  'ztunnel',
  'istio-cni-node',
  '--namespace',
  root,
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.desiredNumberScheduled} {.status.numberReady}{"\\n"}{end}',
];
/** What the node asks when a pod gets its network: the first file in the order of their names. */
const networkConfiguration = (agent: string) => [
  'exec',
  agent,
  '--namespace',
  root,
  '--',
  'sh',
  '-c',
  'cat "$(ls /host/etc/cni/net.d/*.conf* | head -n 1)"',
];
/** The agent of each node. */
const agents = ['get', 'pods', '--namespace', root, '-l', 'k8s-app=istio-cni-node', '-o', 'name'];
/** What a pod of the backend is made of: init containers, containers, and what ambient says of the pod. */
const made = [
  'get',
  'pods',
  '-l',
  'app=backend',
  '-o',
  String.raw`jsonpath={range .items[*]}{.spec.initContainers[*].name} / {.spec.containers[*].name} / {.metadata.annotations.ambient\.istio\.io/redirection}{"\n"}{end}`,
];
/** Init containers, containers, and the word of ambient, of each pod that is listed. */
const parts = (list: string) =>
  list
    .trim()
    .split('\n')
    .map((line) => line.split('/').map((part) => part.trim()));

exercise(
  'Ambient beside sidecars: an injected pod is made as before, and its proxy is told of tunnels',
  {
    persona: 'Jennifer',
    question: 'A third of my namespaces has sidecars. What becomes of them when ambient is installed in the same mesh?',
    proof:
      "The parts of ambient are there and ready: a proxy and an agent on each node, and the agent's plugin is the last that the node asks when a pod gets its network; a ready agent alone would not show that. Then a pod that has one container gets a sidecar by the label of its namespace, as without ambient: with the init container that redirects its traffic itself, and without the one that would wait for the node to do so. Ambient has not marked it. STRICT holds for it: a caller without a certificate, who was answered by the pod without a proxy, is reset, and the call of the frontend shows its certificate. What its proxy is told has a listener and a cluster for tunnels.",
    takeaway:
      'Ambient takes no pod that nobody has enrolled: the label for sidecars brings a sidecar as before, whose proxy is also told of tunnels.',
    needs: ['k8s', 'ambient', 'sidecar'],
    proves: ['m3.e0.a1', 'm3.e0.a2', 'm3.e0.a3'],
    readMore: 'https://istio.io/latest/docs/ambient/install/platform-prerequisites/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');
    const stranger = cluster.client('pod/legacy').curl('http://backend/');

    await lesson.step('The parts of ambient: a proxy and an agent on each node, and its plugin', async () => {
      const nodes = namesIn((await cluster.kubectl('get', 'nodes', '-o', 'name')).stdout).length;
      await cluster.eventually(`both are wanted and ready on each of ${nodes} nodes`, daemons, (list) => {
        const rows = list.trim().split('\n');
        return (
          nodes > 0 &&
          rows.length === 2 &&
          rows.every((row) => {
            const [, wanted, ready] = row.split(' ');
            return Number(wanted) === nodes && Number(ready) === nodes;
          })
        );
      });
      for (const agent of namesIn((await cluster.kubectl(...agents)).stdout))
        await cluster.eventually(
          `the last plugin that the node of ${agent} asks is istio-cni`,
          networkConfiguration(agent),
          (text) => pluginsOf(text).at(-1) === 'istio-cni',
          'kubectl',
          { tell: (text) => pluginsOf(text).join(', ') },
        );
      await cluster.eventually(
        'the proxy of the node lists the workloads that it knows, the backend among them',
        ['ztunnel-config', 'workload', '--workload-namespace', namespace, '-o', 'json'],
        (text) =>
          (JSON.parse(text) as { name: string; namespace: string }[]).some(
            (workload) => workload.name.startsWith('backend-') && workload.namespace === namespace,
          ),
        'istioctl',
      );
    });

    await lesson.step('Before: the backend is one container, and nothing redirects its traffic', async () => {
      await cluster.eventually('its pod has one container', made, (list) => list.trim() === '/ server /');
      await stranger.settlesOn(answered(200, '"pod":"backend-'));
    });

    await lesson.step('The label for sidecars, and a restart', async () => {
      await cluster.change('20-inject.yaml');
      await cluster.kubectl('rollout', 'restart', 'deployment/backend');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
    });

    await lesson.step('After: a sidecar that redirects its traffic itself, and no word of ambient', async () => {
      await cluster.eventually(
        'its pod has istio-init and istio-proxy and no istio-validation, and is not marked as enrolled',
        made,
        (list) => {
          const [[init = '', containers = '', enrolled] = [], ...others] = parts(list);
          const names = `${init} ${containers}`.split(' ');
          return (
            others.length === 0 &&
            names.includes('istio-init') &&
            names.includes('istio-proxy') &&
            !names.includes('istio-validation') &&
            enrolled === ''
          );
        },
      );
    });

    await lesson.step('And under STRICT it is called with a certificate, as before ambient', async () => {
      await work.settlesOn(answered(200, identity));
      await stranger.settlesOn(resetByProxy);
      const { stdout: address } = await cluster.kubectl('get', 'pod', 'legacy', '-o', 'jsonpath={.status.podIP}');
      await cluster.eventually(
        'the log of the proxy has a connection of that caller that fitted nothing it takes',
        proxyLogCommand('deployment/backend'),
        (log) => cutOffFrom(log, address).length > 0,
        'kubectl',
        { tell: (log) => cutOffFrom(log, address).at(-1)?.text ?? '' },
      );
    });

    await lesson.step('What its proxy is told of tunnels, and what that costs', async () => {
      const told = async (kind: 'listener' | 'cluster') =>
        cluster.eventually(
          `one ${kind} is for tunnels: connect_originate`,
          ['proxy-config', kind, `deployment/backend.${namespace}`, '-o', 'json'],
          (text) => forTunnels(text).length === 1,
          'istioctl',
          { tell: (text) => JSON.stringify(forTunnels(text)).slice(0, 200) },
        );
      let bytes = 0;
      for (const kind of ['listener', 'cluster'] as const)
        bytes += Buffer.byteLength(JSON.stringify(forTunnels(await told(kind))));
      await lesson.measure('m3.e0.a3', 'configuration for tunnels in one sidecar', bytes, 'bytes');
    });
  },
);

/** What `kubectl -o name` has listed. */
function namesIn(list: string): string[] {
  return list.trim().split('\n').filter(Boolean);
}

/** Types of the plugins in a node's network configuration, in their order. */
function pluginsOf(text: string): string[] {
  const { plugins = [] } = JSON.parse(text) as { plugins?: readonly { readonly type: string }[] };
  return plugins.map(({ type }) => type);
}

/** What of a proxy's listeners or clusters makes tunnels. */
function forTunnels(text: string): unknown[] {
  return (JSON.parse(text) as { name: string }[]).filter(({ name }) => name === 'connect_originate');
}
