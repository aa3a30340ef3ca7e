import {
  barChart,
  chanceOutside,
  exercise,
  onceIn,
  queryArguments,
  readSamples,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e4-rates';
const edges = `istio_requests_total{reporter="source",source_workload_namespace="${namespace}"}`;
/** Calls of which one in five is to fail, and how many failures are near enough to a fifth. */
const [calls, least, most] = [2_000, 300, 500];
const luck = onceIn(chanceOutside(calls, 0.2, least, most));
const sum = (answer: string) => readSamples({ stdout: answer }).reduce((total, { value }) => total + value, 0);

/** What fortio says about a load: https://github.com/fortio/fortio#report-only-ui */
interface FortioResult {
  readonly StartTime: string;
  /** Nanoseconds. */
  readonly ActualDuration: number;
  readonly ActualQPS: number;
  readonly RetCodes: Readonly<Record<string, number>>;
}

exercise(
  'The metrics tell rate and errors of one edge as its client sees them',
  {
    persona: 'Marcus Chen',
    question: 'How many of our calls fail, and between which two services?',
    proof: `The load generator keeps its own book, and the metrics are held against it: the rate within a tenth, the errors to the call. Then one caller in front of one service gets an error for one call in five, put in on purpose, while the same caller reaches another service and another caller the same service without any. ${calls} calls leave the share outside 15 to 25 per cent by chance ${luck}.`,
    takeaway: 'Rate and errors are known for each pair of caller and called, so a failure has an address.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.e4.a4', 'm2.e4.a5'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/metrics/querying-metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const generator = cluster.client('deployment/traffic-generator');
    const frontend = cluster.client('deployment/frontend');
    const load = async (...args: string[]): Promise<FortioResult> => {
      const fortio = ['fortio', 'load', '-quiet', '-c', '2', '-allow-initial-errors', '-json', '-', ...args];
      return JSON.parse((await generator.run(...fortio)).stdout) as FortioResult;
    };
    const [frontendUrl, backendUrl] = ['http://frontend/', 'http://backend/'];

    await lesson.step('Before: a steady load, and the rate that the client knows of', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/traffic-generator', 'backend');
      const { StartTime, ActualDuration, ActualQPS, RetCodes } = await load('-qps', '20', '-t', '20s', backendUrl);
      await lesson.check(
        'the client saw answers of 200 only',
        RetCodes,
        (codes) => Object.keys(codes).join() === '200',
      );
      const end = (Date.parse(StartTime) + ActualDuration / 1e6) / 1000;
      const answer = await cluster.eventually(
        'Prometheus has the last call of the load',
        queryArguments(`sum(${edges.replace('}', ',source_workload="traffic-generator"}')})`),
        (text) => sum(text) >= (RetCodes['200'] ?? 0),
      );
      await lesson.check('no call is missing, and none is counted twice', sum(answer), (counted) => {
        const extra = counted - (RetCodes['200'] ?? 0);
        // Each of the two connections begins with a call of its own, before the load is timed.
        return extra >= 0 && extra <= 2;
      });
      const rate = await cluster.eventually(
        'Prometheus tells the rate while the load went on',
        queryArguments(
          `sum(rate(${edges.replace('}', ',source_workload="traffic-generator"}')}[15s] @ ${end.toFixed(3)}))`,
        ),
        (text) => readSamples({ stdout: text }).length === 1,
      );
      await lesson.check(
        `the rate is within a tenth of the ${ActualQPS.toFixed(1)} calls a second that were sent`,
        sum(rate),
        (perSecond) => Math.abs(perSecond / ActualQPS - 1) <= 0.1,
      );
      await cluster.eventually(
        'no edge has an error',
        queryArguments(`count(${edges.replace('}', ',response_code!="200"}')})`),
        (text) => sum(text) === 0,
      );
    });

    await lesson.step('One call in five of one caller to one service shall fail', async () => {
      await cluster.change('20-one-in-five-fails.yaml');
      await cluster.eventually(
        'the proxy of that caller has been told',
        ['proxy-config', 'routes', `deployment/traffic-generator.${namespace}`, '--name', '80', '-o', 'json'],
        (dump) => dump.includes('"httpStatus": 500'),
        'istioctl',
      );
    });

    await lesson.step('After: the metrics find one in five, there and nowhere else', async () => {
      const failures = queryArguments(`sum(${edges.replace('}', ',response_code="500"}')})`);
      const { RetCodes } = await load('-qps', '0', '-n', `${calls}`, backendUrl);
      await load('-qps', '0', '-n', '100', frontendUrl);
      await frontend.newConnections(20, backendUrl);
      await lesson.check(
        `about a fifth failed for the client: ${least} to ${most} of ${calls} calls (a fifth misses that by chance ${luck})`,
        RetCodes,
        ({ 500: failed = 0 }) => failed >= least && failed <= most,
      );
      const failed = await cluster.eventually(
        'Prometheus counts the failures that the client counts',
        failures,
        (text) => sum(text) >= (RetCodes['500'] ?? 0),
      );
      await lesson.check(
        'it counts no more, but for the two calls before the load is timed',
        sum(failed) - (RetCodes['500'] ?? 0),
        (more) => more <= 2,
      );
      const byEdge = await cluster.eventually(
        'each edge has its codes',
        queryArguments(`sum by (source_workload, destination_service, response_code) (${edges})`),
        (text) => readSamples({ stdout: text }).length === 4,
      );
      const codes = readSamples({ stdout: byEdge }).map(({ labels, value }): [string, number] => [
        `${labels['source_workload']} → ${labels['destination_service']?.split('.')[0]}: ${labels['response_code']}`,
        value,
      ]);
      await lesson.show('Calls by edge and answer', barChart('calls', new Map(codes)));
      await lesson.check(
        'errors are on the edge from the generator to the backend alone',
        codes.map(([edge]) => edge).filter((edge) => !edge.endsWith(': 200')),
        (failing) => failing.join() === 'traffic-generator → backend: 500',
      );
    });
  },
);
