import {
  callsPassedOn,
  DataPlaneMeter,
  exercise,
  type FortioResult,
  type MeshPart,
  meshParts,
  type MeshUse,
  type MeshWay,
  partNames,
  partsOfWay,
  perThousandCalls,
  processorRate,
  readFortio,
  recordWork,
  timeouts,
  wayNames,
  wentTheWay,
} from '../../../helpers/index.ts';

const namespaceOf: Readonly<Record<MeshWay, string>> = {
  plain: 'm3-e5-none',
  sidecars: 'm3-e5-sidecar',
  layer4: 'm3-e5-ambient',
  withWaypoint: 'm3-e5-waypoint',
};
const ways: readonly MeshWay[] = ['plain', 'sidecars', 'layer4', 'withWaypoint'];
/** Each way in the first half and, in the opposite order, in the second: what drifts meanwhile is in all of them. */
const order = [...ways, ...ways.toReversed()];
const perSecond = 100;
const percentiles = [50, 90, 99];
/** Two connections, kept open; five seconds for each run. */
const fortio = ['fortio', 'load', '-quiet', '-allow-initial-errors', '-c', '2', '-p', percentiles.join(), '-json', '-'];
const run = ['-qps', String(perSecond), '-t', '5s'];
const warmUp = ['-qps', '0', '-n', '100'];

/** A line for each pod: its containers, and what ambient says of it. */
const modeOf = (namespace: string) => [
  'get',
  'pods',
  '--namespace',
  namespace,
  '-o',
  String.raw`jsonpath={range .items[*]}{.metadata.labels.app}: {.spec.initContainers[*].name} {.spec.containers[*].name} / {.metadata.annotations.ambient\.istio\.io/redirection}{"\n"}{end}`,
];
const linesOf = (list: string) =>
  list
    .trim()
    .split('\n')
    .filter((line) => /^(load|server):/.test(line));

/** One run of the load, and what each part had used before and after it. */
interface Run {
  readonly way: MeshWay;
  readonly result: FortioResult;
  readonly before: MeshUse;
  readonly after: MeshUse;
}

exercise(
  'How long a call takes without a mesh, with sidecars, in ambient and through a waypoint, on this machine',
  {
    persona: 'Marcus Chen',
    question: 'How much slower do we get? One vendor says that it is less than what we would notice.',
    proof: `The same load of ${perSecond} calls a second runs on four ways: without a proxy, through two sidecars, through ztunnel alone, and through ztunnel and a waypoint. Before that the pods are looked at, since the four are alike until their namespaces have labels. Each way is taken twice, the second time in the opposite order, so that what else changes on the machine is in all of them. That calls went the way that is said is seen in counters of each proxy. No call failed, and the rate was kept. Median, 90th and 99th percentile and the processor time of each proxy for 1,000 calls are reported with their number of calls, and nothing passes or fails by them.`,
    takeaway:
      'Ask for a distribution on each way, with its load and its machine. If you need HTTP rules, compare sidecars with a waypoint, and not with layer 4.',
    needs: ['k8s', 'waypoint', 'sidecar'],
    proves: ['m3.e5.a1', 'm3.e5.a2'],
    errata: ['E144'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const meter = new DataPlaneMeter(cluster, {
      sidecars: namespaceOf.sidecars,
      ambient: namespaceOf.layer4,
      waypoint: namespaceOf.withWaypoint,
    });
    const urlOf = (way: MeshWay) => `http://server.${namespaceOf[way]}/`;
    const callerOf = (way: MeshWay) => cluster.client('deployment/load', namespaceOf[way]);
    const isPlain = (lines: readonly string[]) =>
      lines.length === 2 && lines.every((line) => /:\s+fortio \/\s*$/.test(line));
    const hasSidecars = (lines: readonly string[]) =>
      lines.length === 2 && lines.every((line) => line.includes('istio-proxy'));
    const isEnrolled = (lines: readonly string[]) =>
      lines.length === 2 && lines.every((line) => /:\s+fortio \/ enabled$/.test(line));
    const mode = async (way: MeshWay, says: string, holds: (lines: readonly string[]) => boolean) =>
      cluster.eventually(`${namespaceOf[way]}: ${says}`, modeOf(namespaceOf[way]), (list) => holds(linesOf(list)));
    const runs: Run[] = [];

    await lesson.step('Before: four times the same two programs, and none of them in a mesh', async () => {
      for (const way of ways) await mode(way, 'no proxy, and not enrolled', isPlain);
    });

    await lesson.step('Three of the four join, each in its own way', async () => {
      await cluster.change('20-modes.yaml');
      const inSidecars = ['--namespace', namespaceOf.sidecars];
      await cluster.kubectl('rollout', 'restart', 'deployment/load', 'deployment/server', ...inSidecars);
      for (const app of ['load', 'server'])
        await cluster.kubectl('rollout', 'status', `deployment/${app}`, ...inSidecars, '--timeout=80s');
    });

    await lesson.step('After: each is what it is called, and a hundred calls to warm up are answered', async () => {
      await mode('plain', 'no proxy, and not enrolled', isPlain);
      await mode('sidecars', 'a proxy in each pod', hasSidecars);
      await mode('layer4', 'no proxy, and enrolled', isEnrolled);
      await mode('withWaypoint', 'no proxy, and enrolled', isEnrolled);
      await cluster.eventually(
        'a call is counted by the waypoint',
        meter.waypointStats,
        (stats) => callsPassedOn(stats) > 0,
        'kubectl',
        {
          settleMs: timeouts.podsReadyMs,
          beforeEachLook: async () =>
            callerOf('withWaypoint').run(...fortio, '-qps', '0', '-n', '2', urlOf('withWaypoint')),
        },
      );
      for (const way of ways)
        await callerOf(way).eventually(
          `${wayNames[way]}: calls are answered`,
          [...fortio, ...warmUp, urlOf(way)],
          ({ exitCode, stdout }) => exitCode === 0 && Object.keys(readFortio(stdout).codes).join() === '200',
        );
    });

    await lesson.step('The same load eight times, each way in the first half and in the second', async () => {
      for (const way of order) {
        const counted = await meter.count();
        const before = await meter.use();
        const result = readFortio((await callerOf(way).run(...fortio, ...run, urlOf(way))).stdout);
        const after = await meter.use();
        const passed = await meter.count();
        await lesson.check(
          `${wayNames[way]}: no call failed, at ${0.9 * perSecond} calls a second or more`,
          { codes: result.codes, calls: result.calls, perSecond: result.perSecond },
          ({ codes, perSecond: rate }) => Object.keys(codes).join() === '200' && rate >= 0.9 * perSecond,
        );
        await lesson.check(
          `the calls have passed ${partsOfWay[way].map((part) => partNames[part]).join(' and ') || 'no proxy'}, and nothing else`,
          { calls: result.calls, before: counted, after: passed },
          () => wentTheWay(way, result.calls, counted, passed),
        );
        runs.push({ way, result, before, after });
      }
    });

    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const runsOf = (way: MeshWay) => runs.filter((each) => each.way === way);
    const proxy = await meter.whoseProxy();

    await lesson.step('How long a call took: a distribution for each way, with its number of calls', async () => {
      for (const way of ways)
        for (const percent of percentiles)
          await lesson.measure(
            'm3.e5.a1',
            `percentile ${percent} with ${wayNames[way]}, mean of two runs`,
            mean(runsOf(way).map(({ result }) => result.percentile(percent))),
            'ms',
          );
      lesson.table(
        `${perSecond} calls a second on two connections (${proxy}); both runs of each way; reported, and judged by no bound`,
        ['way of the call', 'calls', 'failed', 'calls a second', 'median', '90th percentile', '99th percentile'],
        ways.flatMap((way) =>
          runsOf(way).map(({ result }) =>
            [
              wayNames[way],
              String(result.calls),
              String(result.calls - (result.codes['200'] ?? 0)),
              result.perSecond.toFixed(1),
            ].concat(percentiles.map((percent) => `${result.percentile(percent).toFixed(2)} ms`)),
          ),
        ),
      );
    });

    /** Milliseconds of processor of a part for 1,000 calls of a way, beyond what it uses in runs that pass no proxy. */
    const perThousand = (way: MeshWay, part: MeshPart) => {
      const rest = mean(runsOf('plain').map(({ before, after }) => processorRate(before[part], after[part])));
      return mean(
        runsOf(way).map(({ result, before, after }) => perThousandCalls(result.calls, before[part], after[part], rest)),
      );
    };

    await lesson.step('And what the proxies of each way did for 1,000 calls', async () => {
      const says = 'each proxy has used more processor than in runs that pass none';
      await recordWork(lesson, { assertion: 'm3.e5.a2', says, ways }, perThousand);
      lesson.table(
        `Processor time for 1,000 calls, mean of two runs (${proxy}); reported, and judged by no bound`,
        ['way of the call', ...meshParts.map((part) => partNames[part])],
        ways.map((way) =>
          [wayNames[way]].concat(
            meshParts.map((part) => (partsOfWay[way].includes(part) ? `${perThousand(way, part).toFixed(0)} ms` : '')),
          ),
        ),
      );
    });
  },
);
