import {
  assumedRequests,
  callsPassedOn,
  type Client,
  count,
  DataPlaneMeter,
  exercise,
  type FortioResult,
  type MeshPart,
  meshParts,
  type MeshUse,
  type MeshWay,
  partNames,
  partsOfWay,
  percent,
  percentOf,
  perThousandCalls,
  processorRate,
  publishedWork,
  readDefaultRequests,
  readFortio,
  recordWork,
  readRequests,
  reductionPercent,
  type Requests,
  timeouts,
  wayNames,
  wentTheWay,
  workOfWays,
} from '../../../helpers/index.ts';

const ambient = 'm3-e4-ambient';
const withSidecars = 'm3-e4-sidecar';
const perSecond = 100;
const seconds = 20;
/** Two connections, kept open. */
const fortio = ['fortio', 'load', '-quiet', '-allow-initial-errors', '-c', '2', '-json', '-'];
const run = ['-qps', String(perSecond), '-t', `${seconds}s`];
const warmUp = ['-qps', '0', '-n', '100'];

const ways = ['sidecars', 'layer4', 'withWaypoint'] as const satisfies readonly MeshWay[];
type Way = (typeof ways)[number];

/** One load, and what each part had used before and after it. */
interface Load {
  readonly result: FortioResult;
  readonly before: MeshUse;
  readonly after: MeshUse;
}

const generate = ['manifest', 'generate', '--set', 'profile=ambient'];
const requestsOf = '.resources.requests}';
const askedFor: Readonly<Record<'caller' | 'server' | 'ztunnel' | 'cni' | 'waypoint', readonly string[]>> = {
  caller: ofProxy(withSidecars, 'app=load'),
  server: ofProxy(withSidecars, 'app=server'),
  waypoint: ofProxy(ambient, 'gateway.networking.k8s.io/gateway-name=waypoint'),
  ztunnel: ofDaemonSet('ztunnel'),
  cni: ofDaemonSet('istio-cni-node'),
};

/** A proxy stands among the containers of a pod, or among those that start first and stay. */
function ofProxy(namespace: string, label: string): string[] {
  const container = (where: string) => `{.items[0].spec.${where}[?(@.name=="istio-proxy")]${requestsOf}`;
  return [
    'pods',
    '--namespace',
    namespace,
    '-l',
    label,
    '-o',
    `jsonpath=${container('initContainers')}${container('containers')}`,
  ];
}

function ofDaemonSet(name: string): string[] {
  return [
    'daemonset',
    name,
    '--namespace',
    'istio-system',
    '-o',
    `jsonpath={.spec.template.spec.containers[0]${requestsOf}`,
  ];
}

const written = ({ milliCpu, mebibytes }: Requests) => `${count(milliCpu)}m, ${count(mebibytes)} MiB`;

exercise(
  'What proxies use was measured here at rest and under load, and stands beside what they ask for',
  {
    persona: 'Marcus Chen',
    question:
      'You calculate with what proxies ask for. What do they use, and for which of the two do I pay by the call?',
    proof: `First the requests that Istio generates by default are compared with those that the calculation counts with; what they ask for on this lab is printed beside. Then the kernel is asked for processor time and memory of each proxy: for ${seconds} seconds in which nobody calls, and for the same ${perSecond} calls a second through two sidecars, through ztunnel alone, and through ztunnel and a waypoint. That a call went the way that is said is seen in counters: both sidecars have passed each call of theirs, ztunnel has opened connections of its caller, and the waypoint has passed none of the calls until the label leads them there, and then each of them. No call failed. On each way its proxies have used more processor than at rest; how much is reported for 1,000 calls, beside the published figures, and nothing passes or fails by it.`,
    takeaway:
      'At rest proxies use little of the processor that they ask for. Under load the way of a call decides: measure it with your own calls, since a reservation that disappears is no work that disappears.',
    needs: ['k8s', 'waypoint', 'sidecar'],
    proves: ['m3.e4.a2', 'm3.e4.a3'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const loadWithSidecar = cluster.client('deployment/load', withSidecars);
    const loadInAmbient = cluster.client('deployment/load', ambient);
    const callsOf: Readonly<Record<Way, readonly [Client, string]>> = {
      sidecars: [loadWithSidecar, `http://server.${withSidecars}/`],
      layer4: [loadInAmbient, `http://server.${ambient}/`],
      withWaypoint: [loadInAmbient, `http://server.${ambient}/`],
    };
    const meter = new DataPlaneMeter(cluster, { sidecars: withSidecars, ambient, waypoint: ambient });
    const makeCalls = async (way: Way, words: readonly string[]) => {
      const [caller, url] = callsOf[way];
      return readFortio((await caller.run(...fortio, ...words, url)).stdout);
    };
    /** A hundred calls on one way, so that nothing is done for the first time while it is measured. */
    const warm = async (way: Way) => {
      const [caller, url] = callsOf[way];
      await caller.eventually(
        `${wayNames[way]}: calls are answered`,
        [...fortio, ...warmUp, url],
        ({ exitCode, stdout }) => exitCode === 0 && Object.keys(readFortio(stdout).codes).join() === '200',
      );
    };
    const loads = new Map<Way, Load>();
    /** Loads one way, and sees that calls have passed its parts and no others. */
    const load = async (way: Way) => {
      const counted = await meter.count();
      const before = await meter.use();
      const result = await makeCalls(way, run);
      const after = await meter.use();
      const passed = await meter.count();
      await lesson.check(
        `${wayNames[way]}: no call failed, at ${0.9 * perSecond} calls a second or more`,
        { codes: result.codes, calls: result.calls, perSecond: result.perSecond },
        ({ codes, perSecond: rate }) => Object.keys(codes).join() === '200' && rate >= 0.9 * perSecond,
      );
      await lesson.check(
        `the calls have passed ${partsOfWay[way].map((part) => partNames[part]).join(' and ')}, and nothing else`,
        { calls: result.calls, before: counted, after: passed },
        () => wentTheWay(way, result.calls, counted, passed),
      );
      loads.set(way, { result, before, after });
    };

    const here = new Map<string, Requests>();
    await lesson.step('By default they ask for what the calculation counts with', async () => {
      const { exitCode, stdout } = await cluster.attempt('istioctl', ...generate);
      await lesson.check('istioctl prints what it would install', { exitCode }, (seen) => seen.exitCode === 0);
      const generated = readDefaultRequests(stdout);
      await lesson.check(
        'proxy, ztunnel, istio-cni and waypoint ask for what is assumed of them',
        { generated, assumed: assumedRequests },
        (seen) => JSON.stringify(seen.generated) === JSON.stringify(seen.assumed),
      );
      for (const [name, { milliCpu, mebibytes }] of Object.entries(generated)) {
        await lesson.measure('m3.e4.a2', `${name} asks by default for`, milliCpu, 'thousandths of a core');
        await lesson.measure('m3.e4.a2', `${name} asks by default for`, mebibytes, 'MiB');
      }
    });

    await lesson.step('What they ask for on this lab, and the waypoint is ready', async () => {
      await cluster.eventually(
        'the pod of the waypoint is ready',
        ['get', 'deployment', 'waypoint', '--namespace', ambient, '-o', 'jsonpath={.status.readyReplicas}'],
        (ready) => ready === '1',
        'kubectl',
        { settleMs: timeouts.podsReadyMs },
      );
      for (const [part, words] of Object.entries(askedFor)) {
        const { stdout } = await cluster.kubectl('get', ...words);
        here.set(part, readRequests(JSON.parse(stdout) as Parameters<typeof readRequests>[0]));
      }
      await lesson.check('each of them asks for something', Object.fromEntries(here), (all) =>
        Object.values(all).every(({ milliCpu, mebibytes }) => milliCpu > 0 && mebibytes > 0),
      );
      await warm('sidecars');
      await warm('layer4');
    });

    let [restBegins, restEnds]: [MeshUse | undefined, MeshUse | undefined] = [undefined, undefined];
    await lesson.step(`At rest: nobody calls for ${seconds} seconds`, async () => {
      const counted = await meter.count();
      restBegins = await meter.use();
      await cluster.eventually(
        'the pods are those of the set-up and the waypoint',
        ['get', 'pods', '--namespace', ambient, '-o', 'name'],
        (names) => names.trim().split('\n').length === 3,
        'kubectl',
        { staysMs: seconds * 1_000 },
      );
      restEnds = await meter.use();
      const after = await meter.count();
      await lesson.check('no proxy has passed a call meanwhile', { before: counted, after }, () =>
        wentTheWay('plain', 0, counted, after),
      );
    });

    await lesson.step('Before: the load through two sidecars, and through ztunnel alone', async () => {
      await load('sidecars');
      await load('layer4');
    });

    await lesson.step('A label leads the calls of the Service through the waypoint', async () => {
      await cluster.change('20-through-the-waypoint.yaml');
      const [caller, url] = callsOf.withWaypoint;
      await cluster.eventually(
        'a call is counted by the waypoint',
        meter.waypointStats,
        (stats) => callsPassedOn(stats) > 0,
        'kubectl',
        { beforeEachLook: async () => caller.run(...fortio, '-qps', '0', '-n', '2', url) },
      );
      await warm('withWaypoint');
    });

    await lesson.step('After: the same load through ztunnel and the waypoint', async () => {
      await load('withWaypoint');
    });

    /** Milliseconds of processor of a part for each second at rest. */
    const atRest = (part: MeshPart) =>
      restBegins === undefined || restEnds === undefined ? Number.NaN : processorRate(restBegins[part], restEnds[part]);
    const memory = (reading: MeshUse | undefined, part: MeshPart) => reading?.[part].residentMiB ?? Number.NaN;
    const perThousand = (way: Way, part: MeshPart) => {
      const found = loads.get(way);
      return found === undefined
        ? Number.NaN
        : perThousandCalls(found.result.calls, found.before[part], found.after[part], atRest(part));
    };
    const ofWay = (way: Way) => partsOfWay[way].reduce((sum, part) => sum + perThousand(way, part), 0);
    const underLoad = (part: MeshPart) => Math.max(...ways.map((way) => memory(loads.get(way)?.after, part)));

    await lesson.step('What they use at rest, and what of that they have asked for', async () => {
      const used = Object.fromEntries(
        meshParts.map((part) => [part, { msPerSecond: atRest(part), residentMiB: memory(restEnds, part) }]),
      );
      await lesson.check(
        'each has some memory, and at rest uses less processor than it asks for by default',
        used,
        () =>
          meshParts.every(
            (part) =>
              memory(restEnds, part) > 1 && memory(restEnds, part) < 1_024 && atRest(part) < byDefault(part).milliCpu,
          ),
      );
      for (const part of meshParts) {
        await lesson.measure('m3.e4.a3', `${partNames[part]}, memory at rest`, memory(restEnds, part), 'MiB');
        await lesson.measure('m3.e4.a3', `${partNames[part]}, processor at rest`, atRest(part), 'ms for each second');
      }
      lesson.table(
        'What each process asks for, and what it uses; reported, and judged by no bound',
        [
          'process',
          'asks for by default',
          'asks for here',
          'processor at rest',
          'of the default',
          'memory at rest',
          'of the default',
          'of that its own',
          'memory under load',
        ],
        meshParts.map((part) => [
          partNames[part],
          written(byDefault(part)),
          written(here.get(part) ?? byDefault(part)),
          `${atRest(part).toFixed(1)}m`,
          percent(percentOf(atRest(part), byDefault(part).milliCpu)),
          `${memory(restEnds, part).toFixed(0)} MiB`,
          percent(percentOf(memory(restEnds, part), byDefault(part).mebibytes)),
          `${(restEnds?.[part].anonymousMiB ?? Number.NaN).toFixed(0)} MiB`,
          `${underLoad(part).toFixed(0)} MiB`,
        ]),
      );
    });

    await lesson.step('What 1,000 calls take, way by way, beyond what is used at rest', async () => {
      const says = 'on each way each of its proxies has used more processor than at rest';
      await recordWork(lesson, { assertion: 'm3.e4.a3', says, ways }, perThousand);
      const proxy = await meter.whoseProxy();
      const published = workOfWays(publishedWork);
      lesson.table(
        `Processor time for 1,000 calls, at ${perSecond} calls a second on this lab (${proxy}); reported, and judged by no bound`,
        [
          'way of the call',
          'calls',
          'failed',
          'calls a second',
          'its proxies',
          'together',
          'than two sidecars',
          'published for Istio 1.24, on another machine',
        ],
        ways.map((way) => {
          const result = loads.get(way)?.result;
          const { least, most } = published[way];
          return [
            wayNames[way],
            String(result?.calls),
            String((result?.calls ?? Number.NaN) - (result?.codes['200'] ?? 0)),
            result?.perSecond.toFixed(1) ?? '',
            partsOfWay[way].map((part) => `${partNames[part]} ${perThousand(way, part).toFixed(0)} ms`).join(', '),
            `${ofWay(way).toFixed(0)} ms`,
            way === 'sidecars' ? '' : `${percent(reductionPercent(ofWay('sidecars'), ofWay(way)))} less`,
            `${(least * 1_000).toFixed(0)} to ${(most * 1_000).toFixed(0)} ms`,
          ];
        }),
      );
    });
  },
);

/** What a part asks for where nobody has set anything. */
function byDefault(part: MeshPart): Requests {
  return part === 'caller' || part === 'server' ? assumedRequests.proxy : assumedRequests[part];
}
