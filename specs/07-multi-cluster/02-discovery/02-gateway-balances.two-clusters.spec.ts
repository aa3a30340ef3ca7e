import {
  chanceOfOnlyOne,
  chanceOutside,
  eastWestAddressCommand,
  eastWestPort,
  endpointsCommand,
  exercise,
  onceIn,
  type Outcome,
  podOf,
  readEndpoints,
  type Reply,
  tally,
  tellWeights,
  upstreamConnectError,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm7-e2-weight';
const backend = 'http://backend/';
/** Two of three pods are in east. */
const share = { of: 200, least: 104, most: 160 };
const shareByChance = onceIn(chanceOutside(share.of, 2 / 3, share.least, share.most));
/** After the rule: calls, and how many of them have to go to east for its two pods to be told apart. */
const spread = { of: 100, least: 40 };
const onePodByChance = onceIn(chanceOfOnlyOne(spread.least, 2));
const podOfGateway = [
  'get',
  'pods',
  '--namespace',
  'istio-system',
  '--selector',
  'istio=eastwestgateway',
  '-o',
  'jsonpath={.items[*].metadata.uid} {.items[*].status.containerStatuses[*].restartCount}',
];
const environmentOfGateway = [
  'get',
  'pods',
  '--namespace',
  'istio-system',
  '--selector',
  'istio=eastwestgateway',
  '-o',
  'jsonpath={.items[*].spec.containers[*].env[*].name}',
];
const fromEast = (replies: readonly Reply[]) => replies.filter((reply) => versionOf(reply) === 'east');
const areServed = (replies: readonly Reply[]) => replies.every(({ status }) => status === 200);
const podsIn = (replies: readonly Reply[]) => [...tally(fromEast(replies), podOf).keys()];

/** Elsewhere than on a lab of the course a packet that nobody routes may get no answer at all. */
const notReached: Outcome = {
  verdict: 'blocked',
  says: 'does not reach the pod: HTTP 503 of its own proxy, or no answer',
  holds: (answer) => upstreamConnectError.holds(answer) || (answer.curlExit === 28 && answer.http.status === 0),
};

exercise(
  'East-west gateway gets the calls of the pods behind it, and spreads connections over them, not requests',
  {
    persona: 'Jennifer',
    question: 'West has one pod of a service and east has two. Who gets how many calls, and is the load even?',
    proof: `A caller in west makes ${share.of} calls, and each answer names its cluster and its pod. Its proxy has a local pod with weight 1, and in the place of the two pods in east one address, that of the gateway, with weight 2. East gets ${share.least} to ${share.most} of the calls, as fair shares of three pods would have it; fewer or more come by chance ${shareByChance}. There is no other way there: a call to the address of the pod that has answered does not reach it, as its own log tells. And all the calls to east end at that one pod, because the proxy keeps its connection to the gateway, which has chosen a pod for the connection and not for each request. A rule in west then allows one request for each connection, and both pods answer; that one of them gets ${spread.least} calls or more alone comes by chance ${onePodByChance}. The gateway is the same pod before and after, with no restart; and no router mode is set for it, which old guides demand.`,
    takeaway:
      'Over an east-west gateway shares between clusters follow the numbers of pods, but within the other cluster connections are spread, not requests.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e2.a5', 'm7.e2.a6'],
    errata: ['E701', 'E706'],
    readMore: 'https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;
    const gatewayBefore = (await east.kubectl(...podOfGateway)).stdout;
    let onlyPod = '';

    await lesson.step('The proxy in west has a local pod, and for two pods in east one gateway', async () => {
      await west.eventually(
        "one address is a local pod with weight 1, the other is east's gateway with weight 2",
        endpointsCommand('deployment/frontend', 'backend', namespace),
        (json) => {
          const [local, remote, ...others] = readEndpoints(json).toSorted((a, b) => a.port - b.port);
          return (
            others.length === 0 &&
            local?.port === 80 &&
            local.weight === 1 &&
            remote?.address === gateway &&
            remote.port === eastWestPort &&
            remote.weight === 2
          );
        },
        'istioctl',
        { tell: tellWeights },
      );
      await lesson.check(
        "the gateway's pod is told its network and its mesh, and nothing of a router mode",
        (await east.kubectl(...environmentOfGateway)).stdout,
        (names) =>
          ['ISTIO_META_REQUESTED_NETWORK_VIEW', 'ISTIO_META_MESH_ID'].every((name) => names.includes(name)) &&
          !names.includes('ROUTER_MODE'),
      );
    });

    await lesson.step('Before: two thirds of the calls go to east, and all of them to one pod', async () => {
      await frontend.burstShows(
        'both clusters answer',
        [backend],
        (seen) => areServed(seen) && fromEast(seen).length > 0 && fromEast(seen).length < seen.length,
      );
      const replies = await frontend.newConnections(share.of, backend);
      await lesson.check(
        `of ${share.of} calls ${share.least} to ${share.most} were answered by east, and none failed`,
        { east: fromEast(replies).length, calls: replies.length, served: areServed(replies) },
        (seen) => seen.calls === share.of && seen.served && seen.east >= share.least && seen.east <= share.most,
      );
      await lesson.check('all answers from east name one pod', podsIn(replies), (pods) => pods.length === 1);
      onlyPod = podsIn(replies)[0] ?? '';
    });

    await lesson.step('There is no other way: the address of that pod is not reached from west', async () => {
      const { stdout } = await east.kubectl('get', 'pod', onlyPod, '-o', 'jsonpath={.status.podIP}');
      await frontend.curl(`http://${stdout}/?call=by-address`).settlesOn(notReached);
      await frontend.burstShows(
        'by the name of the Service the same pod answers at that moment',
        [`${backend}?call=by-name`],
        (replies) => areServed(replies) && podsIn(replies).includes(onlyPod),
      );
      const has = (log: string, call: string) => log.includes(`"path":"/?call=${call}"`);
      await east.eventually(
        'that pod has had the calls by the name, and none by the address',
        ['logs', onlyPod, '--container', 'server', '--tail=-1'],
        (log) => has(log, 'by-name') && !has(log, 'by-address'),
        'kubectl',
        { tell: (log) => log.split('\n').findLast((line) => has(line, 'by-name')) ?? '' },
      );
    });

    await lesson.step('A rule in west allows one request for each connection', async () => {
      await west.change('20-own-connections.west.yaml');
    });

    await lesson.step('After: both pods in east answer', async () => {
      await frontend.burstShows(
        'two pods of east answer',
        [backend],
        (replies) => areServed(replies) && podsIn(replies).length === 2,
      );
      const replies = await frontend.newConnections(spread.of, backend);
      await lesson.check(
        `of ${spread.of} calls ${spread.least} or more were answered by east, by both of its pods`,
        Object.fromEntries(tally(replies, (reply) => `${versionOf(reply)} ${podOf(reply)}`)),
        () => areServed(replies) && fromEast(replies).length >= spread.least && podsIn(replies).length === 2,
      );
      await lesson.check(
        "east's gateway is the same pod as before, and was not restarted",
        { before: gatewayBefore, after: (await east.kubectl(...podOfGateway)).stdout },
        ({ before, after }) => before !== '' && before === after,
      );
    });
  },
);
