import {
  answered,
  answeredByVersion,
  between,
  bothClustersAnswer,
  clusterEndpointsCommand,
  clustersCommand,
  eastWestAddressCommand,
  eastWestLogCommand,
  eastWestName,
  eastWestPort,
  endpointsCommand,
  exercise,
  failures,
  flagsOf,
  minorOfMesh,
  moments,
  noHealthyUpstream,
  oneClusterAnswers,
  podOf,
  readEndpoints,
  readProxyLog,
  type Reply,
  sharedByChance,
  sharedCalls,
  tally,
  tellEndpoints,
  timeline,
  upstreamConnectError,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm7-e4-failover';
const backend = 'http://backend/';
const cards = 'http://cards/';
/** Calls that all end in one place. */
const times = 30;
/** Calls that a failing pod may cost: three in a row, and some before the proxy has acted. */
const cost = { least: 3, most: 5 };
const ofBackend = endpointsCommand('deployment/frontend', 'backend', namespace);
const ofCards = endpointsCommand('deployment/frontend', 'cards', namespace);
const ofGateway = clusterEndpointsCommand(
  'deployment/istio-eastwestgateway',
  'istio-system',
  eastWestName('cards', namespace),
);
const pods = ['cards-1', 'cards-2'];
/** How often a verdict is confirmed, on a connection of its own each time. */
const confirmed = 5;
/** Connections that asked the gateway for the cards, and for which it had no pod. */
const withoutPod = (log: string) =>
  readProxyLog(log).filter(
    (line) => line.serverName === eastWestName('cards', namespace) && flagsOf(line).includes('UH'),
  );

exercise(
  'DestinationRule with outlier detection leaves a failing cluster, and takes all of another for one host',
  {
    persona: 'Lisa Andersson',
    question: 'Pods that are gone are easy. What about pods that answer with errors, or that are not ready?',
    proof: `The backend has a pod in each cluster, the cards have two pods in east, and the caller is in west. A priority of clusters alone changes nothing: of ${sharedCalls.calls} calls each cluster answers ${sharedCalls.least} or more (${sharedByChance()} fewer by chance), and while the pod in west fails half of the calls fail. With outlier detection beside it all calls stay in west. The pod there begins to fail while the caller calls: at most ${cost.most} calls fail, then east answers all, and when the pod is well again and its time is over, west does. Then the cards. A pod that is not ready goes on to answer ${times} of ${times} calls, because the connection through the gateway is kept; with a connection for each call the other pod answers them all. With both not ready the call fails, in Istio 1.31 because the gateway finds nobody, as its log has it, in 1.30 because the caller has none. Last, one of the two pods fails: without outlier detection some calls fail and others are answered. With it, and 100 per cent that may be taken out, no call is answered, because the gateway is one host for the caller's proxy; a caller in east gets good answers from the other pod at that time.`,
    takeaway:
      'Failover of failing pods needs outlier detection, and across networks that takes out the whole cluster for one pod.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e4.a6', 'm7.e4.a7', 'm7.e4.a8', 'm7.e4.a9'],
    errata: ['E713', 'E714'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/failover/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = west.client('deployment/frontend');
    const inEast = east.client('deployment/frontend');
    const inWest = west.client('deployment/backend');
    const calls = { caller: frontend, url: backend, whose: 'the caller' };
    const allFrom = async (cluster: 'west' | 'east') => oneClusterAnswers(lesson, cluster, calls, times);
    const bothAnswer = async () => bothClustersAnswer(lesson, calls);
    const answersOfCards = async () => Object.fromEntries(tally(await frontend.newConnections(times, cards), podOf));
    const readyAtGateway = async (says: string, number: number) =>
      east.eventually(
        says,
        ofGateway,
        (json) => readEndpoints(json).filter(({ isReady }) => isReady).length === number,
        'istioctl',
        { tell: tellEndpoints },
      );

    const foundNobody = async () => withoutPod((await east.kubectl(...eastWestLogCommand)).stdout).length;
    const gateway = (await east.kubectl(...eastWestAddressCommand)).stdout;

    await lesson.step('Before: without a rule both clusters answer', bothAnswer);

    await lesson.step('A priority of clusters alone: both answer as before', async () => {
      await west.change('20-priority-only.west.yaml');
      await west.eventually(
        'the proxy of the caller has the rule',
        clustersCommand('deployment/frontend', 'backend', namespace),
        (json) => json.includes('/destination-rule/backend'),
        'istioctl',
        { tell: (json) => /\S*\/destination-rule\/backend/.exec(json)?.[0] ?? 'no rule' },
      );
      await bothAnswer();
    });

    await lesson.step('And when the pod in west fails, half of the calls go on to fail', async () => {
      await inWest.fault('status=500');
      await frontend.burstShows(
        'west answers with errors, and east well',
        [backend],
        (replies) =>
          replies.every((reply) => reply.status === (versionOf(reply) === 'west' ? 500 : 200)) &&
          tally(replies, versionOf).size === 2,
      );
      await inWest.fault('none');
    });

    await lesson.step('The same with outlier detection', async () => {
      await west.change('30-with-ejection.west.yaml');
    });

    await lesson.step('After: all calls stay in west, and the other cluster is the second choice', async () => {
      await allFrom('west');
      await west.eventually(
        'the proxy of the caller has the gateway of east as its second choice',
        ofBackend,
        (json) => {
          const seen = readEndpoints(json);
          return seen.length === 2 && seen.every(({ port, priority }) => priority === (port === 80 ? 0 : 1));
        },
        'istioctl',
        { tell: tellEndpoints },
      );
    });

    await lesson.step('The pod in west begins to fail while the caller calls', async () => {
      const load = await frontend.whileCalling([backend], async (calling) => {
        await calling.calls(20);
        await calling.mark('west fails');
        await inWest.fault('status=500');
        await calling.inARow(10, 'were answered by east', (reply) => versionOf(reply) === 'east');
        await calling.mark('east answers');
        await calling.calls(times);
      });
      await lesson.show('Who answered, failures in red', timeline(moments(load.replies, versionOf), load.milestones));
      await lesson.check(
        `it cost ${cost.least} to ${cost.most} failed calls, none of them before or after`,
        {
          before: failures(between(load, '', 'west fails')).failed,
          meanwhile: failures(between(load, 'west fails', 'east answers')).failed,
          after: Object.fromEntries(tally(between(load, 'east answers').slice(0, times), versionOf)),
        },
        ({ before, meanwhile, after }) =>
          before === 0 && meanwhile >= cost.least && meanwhile <= cost.most && after['east'] === times,
      );
    });

    await lesson.step('It is well again, and when its time is over it gets all calls', async () => {
      await inWest.fault('none');
      await allFrom('west');
    });

    await lesson.step('A pod in east is not ready, and goes on to answer on the connection that is kept', async () => {
      const before = await answersOfCards();
      const kept = Object.keys(before)[0] ?? '';
      await lesson.check('one pod answers all calls', before, (seen) => pods.includes(kept) && seen[kept] === times);
      const other = pods.find((pod) => pod !== kept) ?? '';
      await east.client(`pod/${kept}`).fault('ready=false');
      await readyAtGateway("east's gateway has one pod of the cards that is ready", 1);
      await lesson.check(
        `the pod that is not ready answers ${times} of ${times} calls`,
        await answersOfCards(),
        (seen) => seen[kept] === times,
      );
      await west.change('40-own-connections.west.yaml');
      await frontend.burstShows('with a connection for each call the other pod answers', [cards], (replies) =>
        replies.every((reply) => podOf(reply) === other),
      );
      await east.client(`pod/${other}`).fault('ready=false');
    });

    await lesson.step('Both pods are not ready: the call fails as the version has it', async () => {
      await readyAtGateway("east's gateway has no pod of the cards that is ready", 0);
      const version = await west.attempt('istioctl', 'version', '--output', 'json');
      const isNewer = minorOfMesh(version.stdout) >= 31;
      const before = await foundNobody();
      await frontend.curl(cards).settlesOn(isNewer ? upstreamConnectError : noHealthyUpstream);
      if (isNewer)
        await east.eventually(
          `the log of east's gateway has ${confirmed} connections more for which it found no pod (UH)`,
          eastWestLogCommand,
          (log) => withoutPod(log).length >= before + confirmed,
          'kubectl',
          { tell: (log) => withoutPod(log).at(-1)?.text ?? '' },
        );
      for (const pod of pods) await east.client(`pod/${pod}`).fault('none');
      await frontend.curl(cards).settlesOn(answeredByVersion('east'));
    });

    await lesson.step('One of two pods fails, without outlier detection: some calls are answered', async () => {
      await east.client('pod/cards-1').fault('status=500');
      const mixed = (replies: readonly Reply[]) =>
        replies.every((reply) => reply.status === (podOf(reply) === 'cards-1' ? 500 : 200)) &&
        tally(replies, podOf).size === 2;
      await frontend.burstShows('one pod answers with errors and the other well', [cards], mixed);
    });

    await lesson.step('With outlier detection no call is answered, although the other pod is well', async () => {
      await west.change('50-cards-ejection.west.yaml');
      await frontend.curl(cards).settlesOn(noHealthyUpstream);
      await west.eventually(
        'the proxy of the caller has one host for the cards, the gateway, and has taken it out',
        ofCards,
        (json) => {
          const seen = readEndpoints(json);
          return (
            seen.length === 1 &&
            seen.every(
              ({ address, port, isEjected, isReady }) =>
                address === gateway && port === eastWestPort && isEjected && isReady,
            )
          );
        },
        'istioctl',
        { tell: tellEndpoints },
      );
      await inEast.burstShows('the caller in east gets good answers of the other pod', [cards], (replies) =>
        replies.some((reply) => reply.status === 200 && podOf(reply) === 'cards-2'),
      );
      await frontend.curl(cards).settlesOn(noHealthyUpstream);
      await frontend.curl(backend).settlesOn(answered(200));
    });
  },
);
