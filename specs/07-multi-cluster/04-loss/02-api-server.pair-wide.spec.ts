import {
  answeredByVersion,
  clusterEndpointsCommand,
  eastWestName,
  endpointsCommand,
  exercise,
  failures,
  moments,
  noHealthyUpstream,
  readEndpoints,
  tellWeights,
  timeline,
  timeouts,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm7-e4-apicut';
const ledger = 'http://ledger/';
const inEast = endpointsCommand('deployment/frontend', 'ledger', namespace);
const atGateway = clusterEndpointsCommand(
  'deployment/istio-eastwestgateway',
  'istio-system',
  eastWestName('ledger', namespace),
);
const apiServer = ['get', 'endpointslice', 'kubernetes', '--namespace', 'default', '-o'];
const podsOfLedger = ['get', 'pods', '-l', 'app=ledger', '-o', 'name'];
const readyOfCut = ['get', 'pods', '-l', 'app=cut', '-o', 'jsonpath={.items[*].status.phase}'];
const logOfCut = ['logs', '-l', 'app=cut'];
const startsOfIstiod = [
  'get',
  'pods',
  '--namespace',
  'istio-system',
  '-l',
  'app=istiod',
  '-o',
  String.raw`jsonpath={range .items[*]}{.status.startTime} {.status.conditions[?(@.type=="Ready")].lastTransitionTime}{"\n"}{end}`,
];
/** For how long an istiod waits for another cluster before it is ready without it, in the lab; 30 seconds by default. */
const waitsS = 10;
/** Seconds from the start of a pod to the moment since when it is ready; NaN where it is not told. */
const secondsToReady = (line: string) => {
  const [start = '', ready = ''] = line.split(' ');
  return (Date.parse(ready) - Date.parse(start)) / 1000;
};
const metrics = ['-s', 'http://istiod.istio-system:15014/metrics'];
const settleMs = timeouts.remoteClusterMs;
/** For how long something that is not learned is watched for, and in what part of that it is learned otherwise. */
const staysMs = 10_000;
const soonMs = 5_000;
/** Most of a hundred calls that may fail while a pod is replaced. */
const mayFail = 0.01;
const weights = (json: string) => readEndpoints(json).map(({ weight }) => weight);
const statusOfWest = (output: string) =>
  output
    .split('\n')
    .find((line) => /^west\s/.test(line))
    ?.trim() ?? 'west is not listed';
const statusMetric = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('istiod_remote_cluster_sync_status') && line.includes('west'))
    .toSorted((a, b) => a.localeCompare(b));

exercise(
  "A lost API server stops no call, and a restart of istiod meanwhile loses the other cluster's pods",
  {
    persona: 'Lisa Andersson',
    question: 'The API server of the other region is out of reach. What still works, and what must nobody do?',
    proof: `The ledger runs in west and is called from east. First a pod more in west is known in east at once. Then the node of east refuses what its pods send to the API server of west. Of 120 calls meanwhile none fails. West gets a pod more: its own gateway has two, and east goes on with one for ${staysMs / 1000} seconds. West loses the first pod, and east's calls still find the other, since the gateway chooses; at most ${mayFail * 100} per cent fail. All the while the status of west says synced, and the metric of istiod does not change. The API server can be reached again, and within a minute east has two pods too. Cut off once more, istiod is restarted in east. It is ready only after the time for which it waits for another cluster, ${waitsS} seconds here, the rollout succeeds, and from then on calls to the ledger find no pod, while no call to a Service of east fails. Once the API server can be reached again, both pods are known, the status says synced, and calls are answered.`,
    takeaway:
      'While the other API server is out of reach restart no istiod, and trust what proxies know instead of the status.',
    needs: ['k8s', 'sidecar', 'clusters2'],
    proves: ['m7.e4.a2', 'm7.e4.a4', 'm7.e4.a5'],
    errata: ['E703'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/multicluster/',
  },
  async ({ lesson, west, east }) => {
    await west.deploy('10-setup.west.yaml');
    await east.deploy('10-setup.east.yaml');
    const frontend = east.client('deployment/frontend');
    const call = frontend.curl(ledger);
    const cards = frontend.curl('http://cards/');
    const inWest = answeredByVersion('west');
    const scale = async (pods: number) => {
      await west.kubectl('scale', 'deployment/ledger', `--replicas=${pods}`);
      await west.kubectl('rollout', 'status', 'deployment/ledger');
    };
    const isKnown = async (says: string, pods: number, options: { settleMs?: number; staysMs?: number } = {}) =>
      east.eventually(says, inEast, (json) => weights(json).join() === String(pods), 'istioctl', {
        tell: tellWeights,
        ...options,
      });
    const statusIs = async (status: string, options: { settleMs?: number; staysMs?: number } = {}) =>
      east.eventually(
        `istiod of east calls west ${status}`,
        ['remote-clusters'],
        (output) => statusOfWest(output).split(/\s+/).includes(status),
        'istioctl',
        { tell: statusOfWest, ...options },
      );
    const synced = async () => statusMetric((await frontend.run('curl', ...metrics)).stdout);

    const cut = async () => {
      const { stdout } = await west.kubectl(...apiServer, 'jsonpath={.endpoints[0].addresses[0]}');
      await east.change('20-cut.east.yaml', { API_SERVER: stdout.trim() });
      await east.eventually('the pod that cuts runs', readyOfCut, (phase) => phase === 'Running');
      await east.eventually('the node has the rules', logOfCut, (log) => log.includes('is cut off'));
    };

    await lesson.step('Before: a pod more in west is known in east at once', async () => {
      await call.settlesOn(inWest);
      await cards.settlesOn(answeredByVersion('east'));
      await isKnown('the proxy in east has one pod of west behind the gateway', 1);
      await scale(2);
      await isKnown('it has two', 2, { settleMs: soonMs });
      await scale(1);
      await isKnown('it has one again', 1, { settleMs: soonMs });
      await statusIs('synced');
    });
    const before = await synced();
    const known = await west.eventually(
      'west has one pod of the ledger, and none that is about to go',
      podsOfLedger,
      (list) => list.trim().split('\n').length === 1,
    );

    await lesson.step('The API server of west is cut off from the pods in east', async () => {
      const load = await frontend.whileCalling([ledger], async (calling) => {
        await calling.calls(20);
        await calling.mark('cut off');
        await cut();
        await calling.calls(100);
      });
      await lesson.check(
        'of 120 calls or more before and after it none failed',
        failures(load.replies),
        ({ calls, failed }) => calls >= 120 && failed === 0,
      );
      await statusIs('synced');
    });

    await lesson.step('After: calls are answered, and a pod more is not learned', async () => {
      await call.settlesOn(inWest);
      await scale(2);
      await west.eventually(
        'the gateway of west has two pods',
        atGateway,
        (json) => readEndpoints(json).length === 2,
        'istioctl',
        { tell: tellWeights },
      );
      await isKnown('the proxy in east still has one', 1, { staysMs });
      await call.settlesOn(inWest);
    });

    await lesson.step('The pod that east knew is gone, and calls find the other', async () => {
      const load = await frontend.whileCalling([ledger], async (calling) => {
        await calling.calls(20);
        await calling.mark('a pod goes');
        await west.kubectl('delete', known.trim());
        await calling.mark('it is gone');
        await calling.calls(100);
      });
      await lesson.show('Who answered, failures in red', timeline(moments(load.replies, versionOf), load.milestones));
      await lesson.check(
        `of 120 calls or more at most ${mayFail * 100} per cent failed`,
        failures(load.replies),
        ({ calls, failed }) => calls >= 120 && failed <= calls * mayFail,
      );
      await west.kubectl('rollout', 'status', 'deployment/ledger');
    });

    await lesson.step('All the while the status says synced', async () => {
      await statusIs('synced', { staysMs });
      await lesson.check(
        'the metric of istiod about west is what it was before',
        { before, now: await synced() },
        ({ now }) => before.length > 0 && now.join('\n') === before.join('\n'),
      );
    });

    await lesson.step('The API server can be reached again, and istiod of east learns what it missed', async () => {
      await east.revert('20-cut.east.yaml');
      await isKnown('within a minute the proxy in east has two pods behind the gateway', 2, { settleMs });
      await cut();
      await call.settlesOn(inWest);
    });

    await lesson.step(
      'Cut off once more, istiod of east is restarted, which succeeds, and loses the ledger',
      async () => {
        const load = await frontend.whileCalling(['http://cards/'], async (calling) => {
          await calling.calls(20);
          await east.kubectl('delete', 'pod', '--namespace', 'istio-system', '-l', 'app=istiod');
          await east.kubectl('rollout', 'status', 'deployment/istiod', '--namespace', 'istio-system');
          await call.settlesOn(noHealthyUpstream, { settleMs });
          await calling.calls(20);
        });
        await lesson.check(
          'meanwhile no call to the cards failed, whose pod is in east',
          failures(load.replies),
          ({ calls, failed }) => calls >= 40 && failed === 0,
        );
        await statusIs('timeout', { settleMs });
        await east.eventually(
          `the new pod of istiod was ready ${waitsS} seconds after its start, or later`,
          startsOfIstiod,
          (lines) => lines.split('\n').some((line) => secondsToReady(line) >= waitsS),
        );
      },
    );

    await lesson.step('The API server can be reached again, and so can the ledger', async () => {
      await east.revert('20-cut.east.yaml');
      await isKnown('the proxy in east has two pods behind the gateway', 2, { settleMs });
      await statusIs('synced', { settleMs });
      await call.settlesOn(inWest);
      await cards.settlesOn(answeredByVersion('east'));
    });
  },
);
