import {
  answered,
  closedByNodeProxy,
  endsAs,
  exercise,
  madeAt,
  percentile,
  refusedTo,
  type Reply,
  resetByProxy,
  type TimedReply,
  ZtunnelLines,
} from '../../../helpers/index.ts';

const namespace = 'm3-e1-ambient';
const withSidecar = 'm3-e1-sidecar';
const outside = 'm3-e1-legacy';
const backend = `http://backend.${namespace}/`;
/** Times that the label comes and goes. */
const rounds = 5;
/** What the pods of a namespace are: name, id, restarts of their containers, containers, and what ambient says of the pod. */
const pods = (of: string) => [
  'get',
  'pods',
  '--namespace',
  of,
  '--sort-by=.metadata.name',
  '-o',
  String.raw`jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.uid} restarts={.status.containerStatuses[*].restartCount} containers={.spec.initContainers[*].name},{.spec.containers[*].name} redirection={.metadata.annotations.ambient\.istio\.io/redirection}{"\n"}{end}`,
];
const withoutMark = (list: string) => list.replaceAll(/ redirection=\w*$/gm, '');
/** Names of the workloads whose pods are marked as enrolled. */
const enrolled = (list: string) =>
  list
    .trim()
    .split('\n')
    .filter((line) => line.endsWith(' redirection=enabled'))
    .map((line) => line.split(' ')[0])
    .join();
/** How the proxy of the node would reach each workload of the namespace. */
const known = ['ztunnel-config', 'workload', '--workload-namespace', namespace, '-o', 'json'];
const isClosed = endsAs(closedByNodeProxy);
const isReset = endsAs(resetByProxy);
const isServed = ({ status }: Reply) => status === 200;

exercise(
  'A label of the namespace enrols running pods, and none of them restarts',
  {
    persona: 'Jennifer',
    question: '3,600 of our pods run without a proxy. Must I restart them to take them into the mesh?',
    proof:
      'STRICT stands in two namespaces from the start, and a caller outside the mesh is answered in both: nobody enforces it. Then both get a label, one that of ambient, the other that of sidecars. In the first the same call is closed without an answer, the log of ztunnel has the caller and STRICT as the reason, its frontend is served, and its pods are the same ones: the ids, the restarts and the containers are compared. So it is neither STRICT nor a label alone, for in the second the call is answered until the pod is restarted, which gives it another id and a container more. A program in the network of the node, under the same label and the same STRICT, is answered all the time. When the first label is gone, the call is answered again, by the same pods.',
    takeaway:
      'Joining ambient is a label and no restart. A sidecar comes with a new pod, and what runs in the network of the node stays outside.',
    needs: ['k8s', 'ambient', 'sidecar'],
    proves: ['m3.e1.a1', 'm3.e1.a2', 'm3.e1.a3', 'm3.e1.a4'],
    readMore: 'https://istio.io/latest/docs/ambient/usage/add-workloads/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const ztunnel = new ZtunnelLines(cluster, await madeAt(cluster, namespace));
    const { stdout: addressOfLegacy } = await cluster.kubectl(
      '--namespace',
      outside,
      'get',
      'pod',
      'legacy',
      '-o',
      'jsonpath={.status.podIP}',
    );
    const byStrict = refusedTo({ namespace, workload: 'backend' }, 'istio_converted_static_strict');
    const legacy = cluster.client('pod/legacy', outside);
    const frontend = cluster.client('deployment/frontend');
    const work = frontend.curl(backend);
    const stranger = legacy.curl(backend);
    const ofNode = legacy.curl(`http://host-agent.${namespace}/`);
    const strangerToSidecar = legacy.curl(`http://backend.${withSidecar}/`);

    let before = '';
    let sidecarBefore = '';
    await lesson.step('Before: STRICT stands in both namespaces, and nobody enforces it', async () => {
      await work.settlesOn(answered(200, '"pod":"backend-'));
      await stranger.settlesOn(answered(200, '"pod":"backend-'));
      await strangerToSidecar.settlesOn(answered(200, '"pod":"backend-'));
      await ofNode.settlesOn(answered(200, '"pod":'));
      before = await cluster.eventually(
        'three pods of one container each are in the first namespace, and none is marked as enrolled',
        pods(namespace),
        (list) =>
          list.trim().split('\n').length === 3 &&
          enrolled(list) === '' &&
          list.match(/ containers=,\w+ /g)?.length === 3,
      );
      sidecarBefore = (await cluster.kubectl(...pods(withSidecar))).stdout;
    });

    await lesson.step('Each namespace gets a label: one for ambient, the other for sidecars', async () => {
      await cluster.change('20-enrol.yaml');
    });

    await lesson.step('After: the stranger is refused, the frontend is served, and no pod has changed', async () => {
      await stranger.settlesOn(closedByNodeProxy);
      await ztunnel.tell(
        'ztunnel has refused connections from the address of the stranger, and names STRICT',
        (line) => byStrict(line) && line.from.address.startsWith(`${addressOfLegacy}:`),
      );
      await work.settlesOn(answered(200, '"pod":"backend-'));
      const now = await cluster.eventually(
        'frontend and backend are marked as enrolled',
        pods(namespace),
        (list) => enrolled(list) === 'backend,frontend',
      );
      await lesson.check(
        'ids, restarts and containers of all pods are those of before',
        withoutMark(now),
        (list) => list === withoutMark(before),
      );
      await cluster.eventually(
        'the proxy of the node knows frontend and backend as reached by HBONE, and the program of the node by TCP',
        known,
        (text) => protocols(text).join() === 'backend HBONE,frontend HBONE,host-agent TCP',
        'istioctl',
        { tell: (text) => protocols(text).join('\n') },
      );
    });

    await lesson.step('And the program in the network of the node is answered as before', async () => {
      await ofNode.settlesOn(answered(200, '"pod":'));
      await stranger.settlesOn(closedByNodeProxy);
    });

    await lesson.step('The label for sidecars alone changes nothing for a pod that runs', async () => {
      await strangerToSidecar.settlesOn(answered(200, '"pod":"backend-'));
      await cluster.eventually(
        'the pod in the second namespace is the same one, without a proxy',
        pods(withSidecar),
        (list) => list === sidecarBefore && !list.includes('istio-proxy'),
      );
    });

    await lesson.step('After a restart it has a proxy, which refuses the stranger', async () => {
      const load = await legacy.whileCalling([`http://backend.${withSidecar}/`], async (running) => {
        await running.mark('restart');
        await cluster.kubectl('--namespace', withSidecar, 'rollout', 'restart', 'deployment/backend');
        await cluster.kubectl('--namespace', withSidecar, 'rollout', 'status', 'deployment/backend', '--timeout=60s');
        await running.inARow(5, 'are reset by the new proxy', isReset);
      });
      await strangerToSidecar.settlesOn(resetByProxy);
      await cluster.eventually('it is another pod, with a proxy that it had not', pods(withSidecar), (list) => {
        const rows = list.trim().split('\n');
        return rows.length === 1 && list.includes('istio-proxy') && uidOf(list) !== uidOf(sidecarBefore);
      });
      const seconds = untilFiveInARow(load.replies, load.milestones[0]?.seconds ?? 0, isReset);
      await lesson.measure('m3.e1.a4', 'from the restart to the first refusal by the new sidecar', seconds, 'seconds');
      await lesson.check('the sidecar refused within two minutes', seconds, (value) => value < 120);
    });

    await lesson.step('The label of ambient goes', async () => {
      await cluster.change('30-leave.yaml');
    });

    await lesson.step('After: the stranger is answered again, by the same pods', async () => {
      await stranger.settlesOn(answered(200, '"pod":"backend-'));
      await ofNode.settlesOn(answered(200, '"pod":'));
      await cluster.eventually(
        'no pod is marked as enrolled, and all are those of before',
        pods(namespace),
        (list) => list === before,
      );
    });

    await lesson.step(`How long it takes: the label comes and goes ${rounds} times, under calls`, async () => {
      const label = async (value: string) =>
        cluster.kubectl('label', 'namespace', namespace, '--overwrite', `istio.io/dataplane-mode${value}`);
      const load = await legacy.whileCalling([backend], async (running) => {
        for (let round = 1; round <= rounds; round += 1) {
          await running.mark(`enrol ${round}`);
          await label('=ambient');
          await running.inARow(5, 'are refused', isClosed);
          await running.mark(`leave ${round}`);
          await label('-');
          await running.inARow(5, 'are served', isServed);
        }
      });
      const seconds = load.milestones
        .filter(({ label: name }) => name.startsWith('enrol'))
        .map(({ seconds: from }) => untilFiveInARow(load.replies, from, isClosed));
      lesson.table(
        'Seconds from the label to the first refusal that holds',
        ['round', 'seconds'],
        seconds.map((value, index) => [String(index + 1), value.toFixed(2)]),
      );
      const median = percentile(seconds, 50);
      await lesson.measure(
        'm3.e1.a4',
        'from the label to the first refusal by ztunnel, median of 5',
        median,
        'seconds',
      );
      await lesson.check(
        `all ${rounds} refusals came within half a minute`,
        seconds,
        (values) => values.length === rounds && values.every((value) => value > 0 && value < 30),
      );
    });
  },
);

/** Workloads and the protocol by which they are reached, e.g. `backend HBONE`, in the order of their names. */
function protocols(text: string): string[] {
  return (JSON.parse(text) as { workloadName: string; protocol: string }[])
    .map(({ workloadName, protocol }) => `${workloadName} ${protocol}`)
    .toSorted();
}

function uidOf(list: string): string {
  return list.split(' ')[1] ?? '';
}

/** Seconds from a moment to the first of five calls in a row that ended so; NaN if there are none. */
function untilFiveInARow(replies: readonly TimedReply[], from: number, ended: (reply: Reply) => boolean): number {
  const later = replies.filter(({ at }) => at >= from);
  const index = later.findIndex((_, start) => {
    const five = later.slice(start, start + 5);
    return five.length === 5 && five.every(ended);
  });
  return (later[index]?.at ?? Number.NaN) - from;
}
