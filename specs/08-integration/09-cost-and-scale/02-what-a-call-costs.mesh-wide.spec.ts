import {
  type Client,
  exercise,
  type FortioResult,
  minorOfMesh,
  readFortio,
  readStat,
  readTlsCounters,
  tlsCountersCommand,
} from '../../../helpers/index.ts';

const perSecond = 100;
/** Two connections, kept open; five seconds for each run. */
const fortio = ['fortio', 'load', '-quiet', '-allow-initial-errors', '-c', '2', '-p', '50,90,99', '-json', '-'];
const run = ['-qps', String(perSecond), '-t', '5s'];
const warmUp = ['-qps', '0', '-n', '100'];
/** Calls that fortio makes besides those that it measures, to open its connections. */
const besides = 8;

const cases = ['none', 'one', 'two'] as const;
type Case = (typeof cases)[number];
const saysOf: Readonly<Record<Case, string>> = {
  none: 'no proxy',
  one: 'a proxy at the server, plaintext',
  two: 'a proxy at both, mutual TLS',
};
/** Each case in the first half and, in the opposite order, in the second: what drifts meanwhile is in all of them. */
const order: readonly Case[] = ['none', 'one', 'two', 'two', 'one', 'none'];

/** Processor time of the proxy itself since its start, without the agent that watches it. */
const processorTime = [
  '--container',
  'istio-proxy',
  '--',
  'sh',
  '-c',
  'for p in /proc/[0-9]*; do if [ "$(cat $p/comm)" = envoy ]; then cat $p/stat; fi; done',
];
const proxies =
  'jsonpath={range .items[*]}{.metadata.labels.app}: {.spec.initContainers[*].name} {.spec.containers[*].name}{"\\n"}{end}';

/** What the proxies have counted and used. */
interface Counted {
  readonly byServer: number;
  readonly byClient: number;
  /** TLS connections that the proxy of the server has taken. */
  readonly handshakes: number;
  readonly clientMs: number;
  readonly serverMs: number;
}

/** One run of the load, and what the proxies did in it. */
interface Run {
  readonly is: Case;
  readonly result: FortioResult;
  readonly did: Counted;
}

/** https://istio.io/latest/docs/ops/deployment/performance-and-scalability/: for a proxy at 1,000 calls a second. */
const published = { vCpu: 0.2, version: '1.24', load: '1,000 calls a second, 1 KB, 2 worker threads' };

exercise(
  'A call costs what this table says, on this machine and under this load',
  {
    persona: 'Ahmed Hassan',
    question: 'Finance asks what the mesh costs per call. The documentation has a figure. May I quote it?',
    proof: `The same load of ${perSecond} calls a second runs without a proxy, with one at the server, and with one at both sides. Each case runs twice, the second time in the opposite order, so that what else changes on the machine is in all of them. That a case is what it is called is seen in the proxies' own counters: which of them passed the calls on, and that TLS connections were opened for the last case alone. No call failed, and the rate was kept. Median, 90th and 99th percentile, the number of calls, and the processor time of each proxy for 1,000 calls are reported, without what the proxies use for themselves in the runs that do not pass them. The figure of public documentation stands beside them in the same unit, with version and load of each, and the machine where it is told. Nothing passes or fails by it.`,
    takeaway: 'Quote a figure with its machine, its version and its load, or measure your own by the same command.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e9.a1', 'm8.e9.a2'],
    errata: ['E144'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const plain = cluster.client('deployment/load-plain');
    const meshed = cluster.client('deployment/load-meshed');
    const server = cluster.client('deployment/server-meshed');
    const callsOf: Readonly<Record<Case, readonly [Client, string]>> = {
      none: [plain, 'http://server-plain/'],
      one: [plain, 'http://server-meshed/'],
      two: [meshed, 'http://server-meshed/'],
    };
    const cpuOf = async (app: string) =>
      readStat((await cluster.kubectl('exec', `deployment/${app}`, ...processorTime)).stdout).ownMs;
    const handshakesOfServer = async () =>
      readTlsCounters((await cluster.kubectl('exec', 'deployment/server-meshed', ...tlsCountersCommand)).stdout)
        .handshakes;
    const read = async (): Promise<Counted> => ({
      byServer: (await server.proxyStats('inbound|8080||'))('upstream_rq_total'),
      byClient: (await meshed.proxyStats('outbound|80||server-meshed.'))('upstream_rq_total'),
      handshakes: await handshakesOfServer(),
      clientMs: await cpuOf('load-meshed'),
      serverMs: await cpuOf('server-meshed'),
    });
    const load = async (is: Case, words: readonly string[]) => {
      const [caller, url] = callsOf[is];
      return readFortio((await caller.run(...fortio, ...words, url)).stdout);
    };
    const runs: Run[] = [];

    await lesson.step('Two programs without a proxy, and the same two once more with one each', async () => {
      await cluster.change('20-with-proxies.yaml');
      await cluster.eventually(
        'the two new pods have a proxy, the two old ones have none',
        ['get', 'pods', '--sort-by=.metadata.labels.app', '-o', proxies],
        (list) => {
          const lines = list.trim().split('\n').toSorted();
          return (
            lines.map((line) => line.split(':')[0]).join() === 'load-meshed,load-plain,server-meshed,server-plain' &&
            lines.every((line) => line.includes('istio-proxy') === /^\w+-meshed:/.test(line))
          );
        },
      );
      for (const app of ['load-meshed', 'server-meshed'])
        await cluster.kubectl('rollout', 'status', `deployment/${app}`, '--timeout=80s');
      const handshakes = new Map<Case, number>();
      for (const is of cases) {
        const before = await handshakesOfServer();
        const [caller, url] = callsOf[is];
        await caller.eventually(
          `${saysOf[is]}: calls are answered`,
          [...fortio, '-qps', '0', '-n', '2', url],
          ({ exitCode, stdout }) => exitCode === 0 && Object.keys(readFortio(stdout).codes).join() === '200',
        );
        const warm = await load(is, warmUp);
        handshakes.set(is, (await handshakesOfServer()) - before);
        await lesson.check(
          `${saysOf[is]}: a hundred calls to warm up are answered`,
          warm.codes,
          (codes) => Object.keys(codes).join() === '200',
        );
      }
      await lesson.check(
        'to open its connections the case with two proxies has made TLS handshakes, and no other has',
        Object.fromEntries(handshakes),
        (seen) => seen['none'] === 0 && seen['one'] === 0 && (seen['two'] ?? 0) > 0,
      );
    });

    await lesson.step('The same load six times, each case in the first half and in the second', async () => {
      let before = await read();
      for (const is of order) {
        const result = await load(is, run);
        const after = await read();
        const did: Counted = {
          byServer: after.byServer - before.byServer,
          byClient: after.byClient - before.byClient,
          handshakes: after.handshakes - before.handshakes,
          clientMs: after.clientMs - before.clientMs,
          serverMs: after.serverMs - before.serverMs,
        };
        await lesson.check(
          `${saysOf[is]}: no call failed, at ${0.95 * perSecond} calls a second or more`,
          { codes: result.codes, calls: result.calls, perSecond: result.perSecond },
          ({ codes, calls, perSecond: rate }) =>
            Object.keys(codes).join() === '200' && calls >= 4.5 * perSecond && rate >= 0.95 * perSecond,
        );
        const passed = (times: number, expected: boolean) =>
          expected ? times >= result.calls && times <= result.calls + besides : times === 0;
        await lesson.check(
          `the calls have passed ${is === 'none' ? 'neither proxy' : is === 'one' ? 'the proxy of the server alone, without TLS' : 'both proxies, over the connections that were opened with TLS'}`,
          { calls: result.calls, byServer: did.byServer, byClient: did.byClient, handshakes: did.handshakes },
          () =>
            passed(did.byServer, is !== 'none') &&
            passed(did.byClient, is === 'two') &&
            (is === 'two' || did.handshakes === 0),
        );
        runs.push({ is, result, did });
        before = after;
      }
    });

    const of = (is: Case) => runs.filter((each) => each.is === is);
    const inMs = ({ percentile }: FortioResult, percent: number) => `${percentile(percent).toFixed(2)} ms`;
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    /** Milliseconds of processor for 1,000 calls, beyond what the same proxy used in runs that did not pass it. */
    const perThousand = (is: Case, side: 'clientMs' | 'serverMs') => {
      const atRest = mean(of('none').map(({ did }) => did[side]));
      return (
        (1_000 * of(is).reduce((sum, { did }) => sum + did[side] - atRest, 0)) /
        of(is).reduce((sum, { result }) => sum + result.calls, 0)
      );
    };

    await lesson.step('What a call cost: a distribution, with its number of calls', async () => {
      for (const is of cases)
        for (const percent of [50, 90, 99])
          await lesson.measure(
            'm8.e9.a1',
            `percentile ${percent} with ${saysOf[is]}, mean of two runs`,
            mean(of(is).map(({ result }) => result.percentile(percent))),
            'ms',
          );
      await lesson.measure(
        'm8.e9.a1',
        'proxy of the server, 1,000 calls in plaintext',
        perThousand('one', 'serverMs'),
        'ms of processor',
      );
      await lesson.measure(
        'm8.e9.a1',
        'proxy of the server, 1,000 calls with mutual TLS',
        perThousand('two', 'serverMs'),
        'ms of processor',
      );
      await lesson.measure(
        'm8.e9.a1',
        'proxy of the caller, 1,000 calls with mutual TLS',
        perThousand('two', 'clientMs'),
        'ms of processor',
      );
      const worked = { server: perThousand('two', 'serverMs'), caller: perThousand('two', 'clientMs') };
      await lesson.check(
        'both proxies have used the processor for the calls, beyond what they use without',
        worked,
        ({ server: s, caller }) => s > 0 && caller > 0,
      );
      lesson.table(
        `${perSecond} calls a second on two connections; both runs of each case; reported, and judged by no bound`,
        ['case', 'calls', 'failed', 'calls a second', 'median', '90th percentile', '99th percentile'],
        runs
          .toSorted((a, b) => cases.indexOf(a.is) - cases.indexOf(b.is))
          .map(({ is, result }) => [
            saysOf[is],
            String(result.calls),
            String(result.calls - (result.codes['200'] ?? 0)),
            result.perSecond.toFixed(1),
            inMs(result, 50),
            inMs(result, 90),
            inMs(result, 99),
          ]),
      );
    });

    await lesson.step('The public figure stands beside them, and nothing passes or fails by it', async () => {
      const nodes = [
        'get',
        'nodes',
        '-o',
        'jsonpath={.items[0].status.capacity.cpu} processors, {.items[0].status.nodeInfo.architecture}',
      ];
      const machine = (await cluster.kubectl(...nodes)).stdout;
      const version = `1.${minorOfMesh((await cluster.attempt('istioctl', 'version', '-o', 'json')).stdout)}`;
      const upstream = await cluster.attempt(
        'kubectl',
        'get',
        'envoyfilter',
        'request-metrics',
        '--namespace',
        'istio-system',
      );
      const proxy = upstream.exitCode === 0 ? "upstream's Envoy, without Istio's own filters" : "Istio's own proxy";
      const here = { machine, version, load: `${perSecond} calls a second, no body`, proxy };
      await lesson.check('machine, version and load of this run are known', here, (seen) =>
        Object.values(seen).every((each) => each !== ''),
      );
      lesson.table(
        'Two figures of two machines; no verdict follows from them',
        ['where', 'machine', 'Istio', 'load', 'proxy', 'processor time of a proxy for 1,000 calls'],
        [
          [
            'public documentation',
            'not told',
            published.version,
            published.load,
            "Istio's own proxy",
            `${published.vCpu * 1_000} ms (${published.vCpu} vCPU at 1,000 a second)`,
          ],
          [
            'here',
            machine,
            version,
            here.load,
            proxy,
            `${perThousand('two', 'clientMs').toFixed(0)} ms at the caller, ${perThousand('two', 'serverMs').toFixed(0)} ms at the server`,
          ],
        ],
      );
    });
  },
);
