import {
  endpointsCommand,
  exercise,
  type FortioResult,
  queryArguments,
  readEndpoints,
  readFortio,
  readSamples,
  readSeries,
  tellEndpoints,
} from '../../../helpers/index.ts';

const namespace = 'm6-e1-counts';
const url = 'http://backend/';
/**
 * Each call takes this long at the backend, and one in five fails there. There are so many connections that each has more than
 * half of its time to spare: on a busy machine a call may take twice as long, and the rate is kept.
 */
const load = { calls: 400, perSecond: 20, connections: 16, delayMs: 300 };
/** A load that made fewer calls was held up: its rate over all differs from the one in the time that a query looks at. */
const fewest = 0.97 * load.calls;
/** Milliseconds. A load whose calls took longer by its own book was held up as well, each call a little. */
const longestMean = 1.1 * load.delayMs;
const toBackend = `destination_workload="backend",namespace="${namespace}"`;
/** Prometheus asks each three seconds: in this time it has asked twice. */
const twoReadingsMs = 7_000;
/** Statuses that nobody has answered with before, so that each makes a new series. */
const newStatuses = [418, 421, 423, 424] as const;

/** Names of Istio's metrics of calls and connections. */
const isOfCalls =
  /^istio_(requests_total|request_duration_milliseconds_(bucket|sum|count)|re(quest|sponse)_(bytes|messages)_\w+|tcp_\w+_total)$/;
const isOfAgent = (name: string) => name === 'istio_build' || name.startsWith('istio_agent_');

/** What one side has counted: the called or the calling. */
interface Count {
  readonly calls: number;
  readonly failed: number;
  readonly timed: number;
  readonly milliseconds: number;
}

/** What came of one load. */
interface Measured {
  readonly book: FortioResult;
  readonly caller: Count;
  readonly callee: Count;
  /** A moment at which it still went on, in seconds since 1970. */
  readonly at: number;
}

/** What an earlier step has left. */
function done<T>(left: T | undefined): T {
  if (left === undefined) throw new Error('A step before this one has not been played');
  return left;
}

const sides = ['source', 'destination'] as const;

/** Sums of one side out of an answer of Prometheus. */
function countOf(answer: string, side: (typeof sides)[number]): Count {
  const own = readSamples({ stdout: answer }).filter(({ labels }) => labels['reporter'] === side);
  const sum = (metric: string, codes = '') =>
    own
      .filter(({ labels }) => labels['__name__'] === metric && (labels['response_code'] ?? '').startsWith(codes))
      .reduce((total, { value }) => total + value, 0);
  return {
    calls: sum('istio_requests_total'),
    failed: sum('istio_requests_total', '5'),
    timed: sum('istio_request_duration_milliseconds_count'),
    milliseconds: sum('istio_request_duration_milliseconds_sum'),
  };
}

const near = (value: number, wanted: number) => Math.abs(value / wanted - 1) <= 0.1;
const rounded = (value: number) => Number(value.toFixed(1));

exercise(
  'Proxies count what a load generator counts, and a percentile is only a bucket',
  {
    persona: 'Lisa Andersson',
    question: 'It is 3 a.m. and the dashboard says 4 % errors and a median of 375 ms. Can I trust either?',
    proof: `A load generator keeps its own book of ${load.calls} calls, of which about one in five fails. Before the load both proxies have counted the same and stand still. Afterwards the caller's proxy and the callee's have each counted exactly as many calls more as the book, and as many errors. A load generator that is held up, as on a busy machine, leaves out the calls that it is late with; where these are more than three in a hundred, or where its calls took more than a tenth longer than the backend waits, the load is made again, at most twice, since it has no rate of its own. The rates agree with the book to a tenth, and so does the mean time at the caller. The usual query for the median does not: it says at least 360 ms, where the book says less than 340. A proxy keeps no single times: it counts how many lie between two bounds, which is called a bucket. The same load, the same query and finer buckets give a median below 340, so the buckets were the cause. For ten errors of a new kind the counter says ten, and increase(), with which dashboards ask how far a counter has grown, says zero. The names of all metrics that Istio itself has of these pods are listed. Besides those of its own agent, a helper beside the proxy, they are of calls and connections, and none says how full a service is.`,
    takeaway:
      'The counters are what the caller counted, call by call; rates, percentiles and increases are what a query makes of them.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m6.e1.a1', 'm6.e1.a3', 'm6.e1.a5', 'm6.e1.a8'],
    errata: ['E601', 'E602', 'E603'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/metrics/querying-metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const client = cluster.client('deployment/load');

    const ask = async (promql: string, at?: number) =>
      readSamples(await cluster.kubectl(...queryArguments(promql, undefined, at)));
    const one = async (promql: string, at?: number) => {
      const [sample, ...others] = await ask(promql, at);
      if (sample === undefined || others.length > 0) throw new Error(`Not one series: ${promql}`);
      return sample.value;
    };
    /** The only pod of the backend: its name, once no other is there and the load's proxy knows its address alone. */
    const onlyBackend = async () => {
      const pods = ['get', 'pods', '--selector', 'app=backend', '--output'];
      const format = 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}';
      const told = await cluster.eventually(
        'the backend has one pod',
        [...pods, format],
        (text) => text.trim().split('\n').length === 1,
      );
      const [pod = '', address = ''] = told.trim().split(' ');
      await cluster.eventually(
        'it is the only one that the proxy of the load calls',
        endpointsCommand('deployment/load', 'backend', namespace),
        (json) => {
          const known = readEndpoints(json);
          return known.length === 1 && known[0]?.address === address;
        },
        'istioctl',
        { tell: tellEndpoints },
      );
      return pod;
    };
    let pod = '';
    /** What was counted by the proxies of the load and of one pod of the backend. */
    const counters = () =>
      queryArguments(
        `sum by (__name__, reporter, response_code) ({__name__=~"istio_requests_total|istio_request_duration_milliseconds_(sum|count)",${toBackend},pod=~"load-.+|${pod}"})`,
      );
    const tell = (answer: string) =>
      sides
        .map((side) => `${side}: ${countOf(answer, side).calls} calls, ${countOf(answer, side).failed} of them 5xx`)
        .join('\n');

    /** Makes the load once; its book, and what each side has counted of it. */
    const loaded = async (): Promise<Measured> => {
      const before = (await cluster.kubectl(...counters())).stdout;
      const shape = ['-c', `${load.connections}`, '-qps', `${load.perSecond}`, '-n', `${load.calls}`];
      // Its own buckets begin at 300 ms, and the first are one millisecond wide, so that its median is one.
      const histogram = ['-offset', `${load.delayMs}ms`, '-r', '0.001'];
      const target = `${url}?status=500&rate=0.2&delay=${load.delayMs}ms`;
      // Calls that it was late with are left out, not made up for by more calls a second.
      const steady = ['-uniform', '-nocatchup'];
      const fortio = [
        'fortio',
        'load',
        '-quiet',
        '-allow-initial-errors',
        ...shape,
        ...steady,
        ...histogram,
        '-json',
        '-',
        target,
      ];
      const book = readFortio((await client.run(...fortio)).stdout);
      const since = (answer: string, side: (typeof sides)[number]): Count => {
        const [now, then] = [countOf(answer, side), countOf(before, side)];
        const grown = (field: keyof Count) => now[field] - then[field];
        return {
          calls: grown('calls'),
          failed: grown('failed'),
          timed: grown('timed'),
          milliseconds: grown('milliseconds'),
        };
      };
      const after = await cluster.eventually(
        `both sides have counted ${book.calls} calls more`,
        counters(),
        (answer) => sides.every((side) => since(answer, side).calls >= book.calls),
        'kubectl',
        { tell },
      );
      const [caller, callee] = [since(after, 'source'), since(after, 'destination')];
      const failed = book.codes['500'] ?? 0;
      await lesson.check(
        "the caller's proxy and the callee's have counted as many calls and as many errors as the book",
        {
          loadGenerator: { calls: book.calls, failed },
          caller: { calls: caller.calls, failed: caller.failed },
          callee: { calls: callee.calls, failed: callee.failed },
        },
        (seen) =>
          failed > 0 && [seen.caller, seen.callee].every((side) => side.calls === book.calls && side.failed === failed),
      );
      return { book, caller, callee, at: twoSecondsBefore(book) };
    };
    /** Makes the load. A generator that was held up, as on a busy machine, gets two more chances to keep its rate. */
    const measured = async (): Promise<Measured> => {
      for (let chances = 2; ; chances -= 1) {
        const seen = await loaded();
        const { calls, mean: itsMean } = seen.book;
        if ((calls >= fewest && itsMean <= longestMean) || chances === 0) return seen;
      }
    };
    /** The bounds of the buckets in which the proxy of the backend counts times, in milliseconds. */
    const bounds = async () =>
      (await ask(`count by (le) (istio_request_duration_milliseconds_bucket{reporter="destination",pod="${pod}"})`))
        .map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')))
        .toSorted((a, b) => a - b);
    const median = async (at: number) =>
      one(
        `histogram_quantile(0.5, sum by (le) (rate(istio_request_duration_milliseconds_bucket{reporter="destination",${toBackend}}[15s])))`,
        at,
      );
    const mean = ({ milliseconds, timed }: Count) => rounded(milliseconds / timed);
    const meansAgree = async ({ book, caller, callee }: Measured) =>
      lesson.check(
        `each mean is at least ${load.delayMs} ms; the caller's is within a tenth of the load generator's, and the callee's, without the way between them, within a tenth of the caller's`,
        { loadGenerator: rounded(book.mean), caller: mean(caller), callee: mean(callee) },
        (ms) =>
          Object.values(ms).every((each) => each >= load.delayMs) &&
          near(ms.caller, ms.loadGenerator) &&
          near(ms.callee, ms.caller),
      );

    await lesson.step('Before: one call is counted once by each side, and then nothing is counted', async () => {
      pod = await onlyBackend();
      await lesson.check(
        'the call is answered by the backend',
        (await client.run('fortio', 'curl', '-quiet', url)).stdout,
        (answer) => answer.includes(`"pod":"${pod}"`),
      );
      await cluster.eventually(
        'both sides have counted one call, and no other comes from anywhere',
        counters(),
        (answer) => sides.every((side) => countOf(answer, side).calls === 1),
        'kubectl',
        { tell, staysMs: twoReadingsMs },
      );
    });

    let first: Measured | undefined;
    let coarse = 0;
    await lesson.step('Calls and errors equal the book of the load generator, to the call', async () => {
      first = await measured();
      const { book, at } = first;
      await lesson.check(`the load generator made ${fewest} calls or more`, book.calls, (calls) => calls >= fewest);
      const rates = await ask(`sum by (reporter) (rate(istio_requests_total{${toBackend}}[15s]))`, at);
      await lesson.check(
        "the rate of both sides while the load went on is within a tenth of the load generator's",
        {
          loadGenerator: rounded(book.perSecond),
          ...Object.fromEntries(rates.map(({ labels, value }) => [labels['reporter'] ?? '', rounded(value)])),
        },
        (seen) => rates.length === 2 && Object.values(seen).every((rate) => near(rate, seen.loadGenerator)),
      );
      await meansAgree(first);
    });

    await lesson.step('The usual query for the median is wrong: it knows only a bucket of 250 to 500 ms', async () => {
      const { book, at } = done(first);
      coarse = await median(at);
      await lesson.check('in the default list of bounds 500 follows after 250', await bounds(), (list) =>
        list.join().includes(',250,500,'),
      );
      await lesson.check(
        'the query says 360 to 390 ms, where the load generator says less than 340',
        { loadGenerator: rounded(book.percentile(50)), query: rounded(coarse) },
        (ms) => ms.query >= 360 && ms.query <= 390 && ms.loadGenerator > load.delayMs && ms.loadGenerator < 340,
      );
    });

    await lesson.step('Of the four golden signals one is missing: no metric says how full a service is', async () => {
      const names = (await ask(`count by (__name__) ({__name__=~"istio_.+",namespace="${namespace}"})`))
        .map(({ labels }) => labels['__name__'] ?? '')
        .toSorted();
      await lesson.check(
        "the metrics are of calls, their time and size, of connections, and of Istio's own agent and its build",
        { ofTheMesh: names.filter((name) => !isOfAgent(name)), ofTheAgent: names.filter(isOfAgent).length },
        ({ ofTheMesh, ofTheAgent }) =>
          ofTheAgent > 0 &&
          ['istio_requests_total', 'istio_request_duration_milliseconds_bucket'].every((name) =>
            ofTheMesh.includes(name),
          ) &&
          ofTheMesh.every((name) => isOfCalls.test(name)),
      );
      const underWay = `envoy_cluster_upstream_rq_active{cluster_name=~"outbound.*backend.*",namespace="${namespace}"}`;
      await lesson.check(
        'on request the proxy of the caller has one: 4 to 10 calls under way during the load, and 0 now',
        {
          duringTheLoad: rounded(await one(`avg_over_time(${underWay}[15s])`, done(first).at)),
          now: await one(underWay),
        },
        (calls) => calls.duringTheLoad >= 4 && calls.duringTheLoad <= 10 && calls.now === 0,
      );
    });

    await lesson.step('Ten errors of a new kind: the counter says ten, increase() says none', async () => {
      const series = (status: number) =>
        `istio_requests_total{reporter="destination",pod="${pod}",response_code="${status}"}`;
      const readings = (answer: string) => readSeries({ stdout: answer })[0]?.points.map(({ value }) => value) ?? [];
      let status = 0;
      let stored: number[] = [];
      // Prometheus may read the counter in the middle of the ten calls; once in some thirty times, so the next status is tried.
      for (const next of newStatuses) {
        status = next;
        const ten = ['-c', '10', '-n', '10', '-qps', '0', '-json', '-', `${url}?status=${status}`];
        const { codes } = readFortio(
          (await client.run('fortio', 'load', '-quiet', '-allow-initial-errors', ...ten)).stdout,
        );
        await lesson.check(
          `ten calls are answered with ${status}`,
          codes,
          (seen) => Object.keys(seen).join() === `${status}` && seen[status] === 10,
        );
        const answer = await cluster.eventually(
          'Prometheus has read the new counter twice',
          queryArguments(`${series(status)}[1m]`),
          (text) => readings(text).length >= 2 && readings(text).at(-1) === 10,
          'kubectl',
          { tell: (text) => readings(text).join(', ') },
        );
        stored = readings(answer);
        if (stored[0] === 10) break;
      }
      await lesson.check('the first reading is 10 already', stored, ([begin]) => begin === 10);
      await lesson.check(
        'the counter has 10; increase() over a minute says 0; the difference to a minute ago, or to nothing, is 10',
        {
          counter: await one(series(status)),
          increase: await one(`increase(${series(status)}[1m])`),
          difference: await one(`sum(${series(status)}) - (sum(${series(status)} offset 1m) or vector(0))`),
        },
        ({ counter, increase, difference }) => counter === 10 && increase === 0 && difference === 10,
      );
    });

    await lesson.step('The proxy of the backend gets finer buckets, by an annotation of its pod', async () => {
      await cluster.change('20-fine-buckets.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=90s');
      pod = await onlyBackend();
    });

    await lesson.step('After: the same load, and the same query for the median is right', async () => {
      const again = await measured();
      await meansAgree(again);
      const { book, at } = again;
      const fine = await median(at);
      await lesson.check(
        'the query says more than 300 and at most 340 ms, as the load generator does',
        { loadGenerator: rounded(book.percentile(50)), query: rounded(fine) },
        (ms) => Object.values(ms).every((each) => each > load.delayMs && each <= 340),
      );
      await lesson.check('in its list of bounds 319 and 339 follow after 299', await bounds(), (list) =>
        list.join().includes(',299,319,339,'),
      );
      lesson.table(
        'Median time of a call, in milliseconds',
        ['buckets', 'load generator', 'query'],
        [
          ['default', `${rounded(done(first).book.percentile(50))}`, `${rounded(coarse)}`],
          ['finer', `${rounded(book.percentile(50))}`, `${rounded(fine)}`],
        ],
      );
    });
  },
);

/** A moment at which a load still went on, in seconds since 1970. */
function twoSecondsBefore({ startedAt, seconds }: FortioResult): number {
  return startedAt / 1000 + seconds - 2;
}
