import {
  dependenciesArguments,
  drawServiceGraph,
  edgesOf,
  exercise,
  jaegerArguments,
  queryArguments,
  readDependencies,
  readSamples,
  tally,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm6-e2-graph';
/** What the team wrote down of its service. */
const diagram = ['frontend → backend', 'backend → database'];
const observed = `{__name__=~"istio_requests_total|istio_tcp_connections_closed_total",reporter="destination",namespace="${namespace}"}`;
const edges = queryArguments(
  `sum by (__name__, source_workload, destination_workload, connection_security_policy) (${observed})`,
);
const graph = (window: string) =>
  queryArguments(
    `sum by (source_workload, source_workload_namespace, destination_workload, destination_workload_namespace, connection_security_policy) (rate(${observed}[${window}])) > 0`,
  );
const toDatabase = `destination_workload="database",namespace="${namespace}"`;
const connections = queryArguments(
  `sum by (source_workload, response_flags) (istio_tcp_connections_closed_total{reporter="destination",${toDatabase}})`,
);
/** Proxies send their spans each five seconds at the latest. */
const spansSentMs = 6_000;

/** Who called whom, one line each, e.g. `frontend → backend`. */
const pairs = (answer: string) =>
  readSamples({ stdout: answer })
    .map(({ labels }) => `${labels['source_workload']} → ${labels['destination_workload']}`)
    .toSorted();
/** The same with the protocol that the proxy took it for, and how it was protected. */
const described = (answer: string) =>
  readSamples({ stdout: answer })
    .map(({ labels }) => {
      const protocol = labels['__name__'] === 'istio_requests_total' ? 'HTTP' : 'TCP';
      return `${labels['source_workload']} → ${labels['destination_workload']}, ${protocol}, ${labels['connection_security_policy']}`;
    })
    .toSorted();
/** Connections to the database that have ended, by caller and flags, e.g. `reports -`. */
const ended = (answer: string) =>
  new Map(
    readSamples({ stdout: answer }).map(({ labels, value }) => [
      `${labels['source_workload']} ${labels['response_flags']}`,
      value,
    ]),
  );
/** Who called whom by the traces, of this namespace. */
const traced = (answer: string) =>
  readDependencies(answer)
    .filter(({ parent, child }) => [parent, child].some((service) => service.endsWith(`.${namespace}`)))
    .map(({ parent, child }) => `${parent.split('.')[0]} → ${child.split('.')[0]}`)
    .toSorted();
const lines = (told: readonly string[]) => (told.length === 0 ? 'no edge' : told.join('\n'));

exercise(
  'The graph shows what flowed, with an edge that nobody had written down, and no query',
  {
    persona: 'Lisa Andersson',
    question: 'What depends on the database, and who would notice if I restart it?',
    proof:
      "Before any call the proxies are read and know of no edge, although the applications are configured to call each other. After calls of the frontend and one query of a reporting job the set of edges is compared with the team's diagram as a whole: three edges, and the diagram has two of them. Ten queries that work and ten that fail are each counted as ten closed connections without a flag, and no metric that names the database as the called is of anything but connections and their bytes. When nobody calls, the edge leaves the graph while its counter stays. Traces give a graph too, once they are asked for. It has the HTTP edge and not the database, although each of the same calls has opened a connection to it.",
    takeaway:
      'A graph shows the traffic that was seen in a window of time: not what is planned, not who runs once a month, and nothing of what a query said.',
    needs: ['k8s', 'sidecar', 'prom', 'tracing'],
    proves: ['m6.e2.a1', 'm6.e2.a2', 'm6.e2.a3', 'm6.e1.a7'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/metrics/tcp-metrics/',
  },
  async ({ lesson, cluster }) => {
    // From now on, and ten minutes further: an exercise takes less.
    const fromTraces = dependenciesArguments(Date.now() + 600_000, 600_000);
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const reports = cluster.client('deployment/reports');
    let made = 0;
    const callFrontend = async (times: number) => {
      made += times;
      const replies = await frontend.newConnections(times, 'http://127.0.0.1/');
      const failed = replies.filter(({ status }) => status !== 200);
      if (failed.length > 0) throw new Error(`${failed.length} of ${times} calls failed: ${failed[0]?.body}`);
    };
    /** Puts a query so many times, each on a connection of its own; the exit codes of psql. */
    const queries = async (times: number, sql: string) => {
      const psql = `psql --host database --username postgres --no-psqlrc --tuples-only --command '${sql}'`;
      return reports.run('sh', '-c', `for i in $(seq ${times}); do ${psql}; echo "exit $?"; done`);
    };
    const hasEnded = async (says: string, holds: (now: ReadonlyMap<string, number>) => boolean) =>
      cluster.eventually(says, connections, (answer) => holds(ended(answer)), 'kubectl', {
        tell: (answer) => [...ended(answer)].map(([who, times]) => `${who}: ${times} connections`).join('\n'),
      });

    await lesson.step('Before: the applications are configured, and the graph is empty', async () => {
      await cluster.eventually(
        'the frontend is told to call the backend, and the backend is told where its database is',
        ['get', 'deployments', '--output', 'jsonpath={.items[*].spec.template.spec.containers[*].env}'],
        (text) => text.includes('http://backend/') && text.includes('@database:5432/'),
      );
      await cluster.eventually(
        'Prometheus reads the proxies of all four',
        queryArguments(`count(count by (pod) (up{namespace="${namespace}"} == 1))`),
        (answer) => readSamples({ stdout: answer })[0]?.value === 4,
      );
      await cluster.eventually(
        'they have counted no call and no connection',
        edges,
        (answer) => pairs(answer).length === 0,
      );
    });

    await lesson.step(
      'Calls of the frontend, and one query of a job: three edges, and the diagram has two',
      async () => {
        await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend');
        await callFrontend(1);
        await lesson.check('the query of the job is answered', (await queries(1, 'SELECT 1')).stdout, (text) =>
          /^exit 0$/m.test(text),
        );
        const answer = await cluster.eventually(
          'the proxies have counted exactly three edges, one of HTTP and two of TCP, with mutual TLS',
          edges,
          (text) =>
            described(text).join('; ') ===
            [
              'backend → database, TCP, mutual_tls',
              'frontend → backend, HTTP, mutual_tls',
              'reports → database, TCP, mutual_tls',
            ].join('; '),
          'kubectl',
          { tell: (text) => lines(described(text)) },
        );
        const seen = pairs(answer);
        await lesson.check(
          'both edges of the diagram were seen, and one more: the job calls the database',
          {
            inTheDiagram: diagram.filter((edge) => seen.includes(edge)),
            notInTheDiagram: seen.filter((edge) => !diagram.includes(edge)),
          },
          ({ inTheDiagram, notInTheDiagram }) =>
            inTheDiagram.length === 2 && notInTheDiagram.join() === 'reports → database',
        );
      },
    );

    await lesson.step('Ten queries that work and ten that fail are counted alike', async () => {
      let before = ended((await cluster.kubectl(...connections)).stdout).get('reports -') ?? 0;
      const both = [
        { sql: 'SELECT 1', exit: 'exit 0', says: 'ten queries work' },
        { sql: 'SELECT 1/0', exit: 'exit 1', says: 'ten queries fail: division by zero' },
      ];
      for (const { sql, exit, says } of both) {
        const { stdout, stderr } = await queries(10, sql);
        const exits = tally(
          stdout.split('\n').filter((line) => line.startsWith('exit ')),
          String,
        );
        await lesson.check(
          says,
          { ...Object.fromEntries(exits), divisionsByZero: stderr.match(/division by zero/g)?.length ?? 0 },
          ({ divisionsByZero }) =>
            exits.size === 1 && exits.get(exit) === 10 && divisionsByZero === (exit === 'exit 0' ? 0 : 10),
        );
        const wanted = before + 10;
        await hasEnded(
          'the proxy of the database has counted ten connections more of the job, none with a flag',
          (now) => now.get('reports -') === wanted && [...now.keys()].every((who) => who.endsWith(' -')),
        );
        before = wanted;
      }
      const answer = await cluster.kubectl(...queryArguments(`count by (__name__) ({${toDatabase}})`));
      await lesson.check(
        'the metrics of the database are of connections and bytes: none is of queries, of their time or of their errors',
        readSamples(answer)
          .map(({ labels }) => labels['__name__'] ?? '')
          .toSorted(),
        (names) =>
          names.includes('istio_tcp_connections_closed_total') &&
          names.every((name) => /^istio_tcp_(connections_(opened|closed)|(sent|received)_bytes)_total$/.test(name)),
      );
    });

    await lesson.step('An edge without calls leaves the graph, and its counter stays', async () => {
      const isThere = (text: string) => pairs(text).includes('frontend → backend');
      await callFrontend(30);
      const silentSince = performance.now();
      await cluster.eventually(
        'the frontend calls the backend in a window of 15 seconds',
        graph('15s'),
        isThere,
        'kubectl',
        { tell: (text) => lines(pairs(text)) },
      );
      await cluster.eventually(
        'it is no longer in that window, once nobody calls',
        graph('15s'),
        (text) => !isThere(text),
        'kubectl',
        { tell: (text) => lines(pairs(text)) },
      );
      const seconds = Math.round((performance.now() - silentSince) / 1000);
      await lesson.check('that took no more than 25 seconds', seconds, (all) => all <= 25);
      const picture = await cluster.eventually(
        'in a window of five minutes it still is, and so are the other two',
        graph('5m'),
        (text) => pairs(text).length === 3,
        'kubectl',
        { tell: (text) => lines(pairs(text)) },
      );
      await lesson.show(
        'Who called whom; to the database it is connections',
        await drawServiceGraph(edgesOf(readSamples({ stdout: picture }))),
      );
      await cluster.eventually(
        'the counter of the edge still has its 31 calls',
        queryArguments(
          `sum by (source_workload) (istio_requests_total{reporter="destination",destination_workload="backend",namespace="${namespace}"})`,
        ),
        (text) => {
          const [sample, ...others] = readSamples({ stdout: text });
          return others.length === 0 && sample?.labels['source_workload'] === 'frontend' && sample.value === 31;
        },
      );
    });

    await lesson.step('The same calls have left no trace: nobody has asked for traces', async () => {
      await cluster.eventually(
        'the store of traces answers, and has no edge of this namespace',
        fromTraces,
        (answer) => traced(answer).length === 0,
        'kubectl',
        { tell: (answer) => lines(traced(answer)) },
      );
    });

    await lesson.step('One resource asks for a trace of each call', async () => {
      await cluster.change('20-trace-every-call.yaml');
    });

    await lesson.step('After: the graph from traces has the HTTP edge, and no database', async () => {
      await cluster.eventually(
        'the traces know that the frontend calls the backend',
        fromTraces,
        (answer) => traced(answer).includes('frontend → backend'),
        'kubectl',
        {
          beforeEachLook: () => callFrontend(5),
          tell: (answer) => lines(traced(answer)),
        },
      );
      await hasEnded(
        'each call until now, also those that were traced, has made a connection to the database, which its proxy has counted',
        (now) => (now.get('backend -') ?? 0) >= made,
      );
      await cluster.eventually(
        'that is the only edge which the traces know',
        fromTraces,
        (answer) => traced(answer).join() === 'frontend → backend',
        'kubectl',
        { tell: (answer) => lines(traced(answer)), staysMs: spansSentMs },
      );
      await cluster.eventually(
        'of this namespace the frontend and the backend have told spans, and the database has not',
        jaegerArguments('services'),
        (answer) =>
          (JSON.parse(answer) as { data: readonly string[] | null }).data
            ?.filter((service) => service.endsWith(`.${namespace}`))
            .toSorted()
            .join() === `backend.${namespace},frontend.${namespace}`,
        'kubectl',
      );
    });
  },
);
