import {
  answered,
  exercise,
  proxyAdminCommand,
  proxyLogCommand,
  queryArguments,
  readProxyLog,
  readSamples,
} from '../../../helpers/index.ts';

const namespace = 'm6-e1-labels';
/** Begins whatever a caller chooses freely here: paths, host names, a header. */
const mark = 'visitor-';
const users = 100;
const backend = `reporter="destination",destination_workload="backend",namespace="${namespace}"`;
const ofNamespace = `{__name__=~"istio_request.+_(total|count)",namespace="${namespace}"}`;
const byUser = `count({__name__=~"istio_requests(_by_user)?_total",user=~"${mark}.+",namespace="${namespace}",pod=~"backend-.+"})`;
const statuses = "-s -o /dev/null -w '%{http_code}\\n'";
/** Each user calls both servers twice, by one curl: a proxy that forgets must not forget the first before the last has called. */
const eachUserTwice = `for i in $(seq ${users}); do [ $i -gt 1 ] && echo next
printf 'header = "x-user: ${mark}%s"\\nsilent\\nwrite-out = "%%{http_code}\\\\n"\\n' $i
for host in backend backend forgetful forgetful; do printf 'url = http://%s/\\noutput = /dev/null\\n' $host; done
done | curl --config -`;
/** Prometheus asks each three seconds: in this time it has asked twice. */
const twoReadingsMs = 7_000;
/** The proxy looks each ten seconds, and drops what was not used since it looked last: within twenty, and then it is asked. */
const goneWithinSeconds = 30;

/** How often a proxy has counted each user, out of its own list of metrics. */
function callsByUser(metrics: string): Map<string, number> {
  const lines = metrics.matchAll(/^(?:envoy_istiocustom_)?istio_requests\w*_total\{([^}]*)\} (\d+)$/gm);
  const seen = new Map<string, number>();
  for (const [, labels = '', value] of lines) {
    const user = /(?:^|,)user="([^"]*)"/.exec(labels)?.[1];
    if (user?.startsWith(mark) === true) seen.set(user, (seen.get(user) ?? 0) + Number(value));
  }
  return seen;
}

/** True from Envoy 1.39 on, by what a proxy says of itself. */
const isNewEnvoy = (info: string) => Number(/"version": "\w+\/1\.(\d+)\./.exec(info)?.[1]) >= 39;
const value = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? 0;
/** Each series by its labels, in a fixed order. */
const series = (answer: string) =>
  readSamples({ stdout: answer })
    .map(({ labels }) => JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => a.localeCompare(b))))
    .toSorted();
const bySource = (answer: string): Record<string, number> =>
  Object.fromEntries(readSamples({ stdout: answer }).map((each) => [each.labels['source_workload'] ?? '', each.value]));

exercise(
  "Istio's metrics have few labels, and one label from a header makes a series for each user",
  {
    persona: 'Lisa Andersson',
    question:
      'The metrics bill grows faster than the traffic. Will the mesh make it worse, and what would one more label cost?',
    proof: `Each combination of labels is a series, which Prometheus keeps and somebody pays for. Before, the callee's proxy has two series of calls, one for each caller. Then come fifty paths, fifty users in a header, twenty query strings and twenty host names that a caller made up. Prometheus counts all of these calls, in the very same series as before, and none of the made-up words stands in a label. The proxy's log shows paths and hosts, and an answer shows the header, so the words did arrive. Then one label is taken from the header: ${users} users make ${users} series. Two servers differ in one annotation only. When nobody calls, the proxy that has it forgets the series, while the other still lists them at the same moment.`,
    takeaway:
      'By default no path, header or made-up host becomes a label; a label from a header costs one series for each value, and that decision is yours.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m6.e1.a2', 'm6.e1.a6', 'm6.e1.a9'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/metrics/customize-metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy');
    const address = (
      await cluster.kubectl('get', 'pods', '--selector', 'app=backend', '--output', 'jsonpath={.items[0].status.podIP}')
    ).stdout.trim();
    const calls = queryArguments(`sum by (source_workload) (istio_requests_total{${backend}})`);
    // The smaller count of the two: a proxy tells times up to five seconds later than calls.
    const callsAndTimes = queryArguments(
      `min by (source_workload) (sum by (__name__, source_workload) ({__name__=~"istio_requests_total|istio_request_duration_milliseconds_count",${backend}}))`,
    );
    const told = (answer: string) => Object.entries(bySource(answer)).map(([caller, times]) => `${caller}: ${times}`);
    const tellCalls = (answer: string) => told(answer).join('\n');
    const metricsOf = (server: string) => [
      'exec',
      `deployment/${server}`,
      ...proxyAdminCommand('stats/prometheus?filter=istio_requests'),
    ];
    const tellUsers = (metrics: string) => `${callsByUser(metrics).size} users are listed`;
    /** All that one reading of the proxy by Prometheus transfers. */
    const scrape = async () => {
      const script = `curl -s http://${address}:15020/stats/prometheus | wc -lc`;
      const [lines = 0, bytes = 0] = (await legacy.run('sh', '-c', script)).stdout.trim().split(/\s+/).map(Number);
      if (lines === 0) throw new Error('The proxy of the backend has listed no metrics');
      return { lines, bytes };
    };
    let lastCallAt = 0;
    const everybodyCalls = async () => {
      const { stdout } = await frontend.run('sh', '-c', eachUserTwice);
      lastCallAt = performance.now();
      const answers = stdout.trim().split('\n');
      if (answers.length !== 4 * users || answers.some((status) => status !== '200'))
        throw new Error(`Not every call of the ${users} users was answered: ${stdout.slice(0, 500)}`);
    };

    let before = { series: '', calls: '' };
    await lesson.step('Before: two callers make two series', async () => {
      await frontend.curl('-H', `x-user: ${mark}1`, 'http://backend/').settlesOn(answered(200, `"x-user":"${mark}1"`));
      await legacy.curl(`http://${address}/`).settlesOn(answered(200));
      await cluster.eventually(
        'the callee has one series of calls for the frontend, and one for a caller that nobody knows',
        queryArguments(`count by (source_workload) (istio_requests_total{${backend}})`),
        (answer) => told(answer).toSorted().join() === 'frontend: 1,unknown: 1',
        'kubectl',
        { staysMs: twoReadingsMs, tell: tellCalls },
      );
      before = {
        series: (await cluster.kubectl(...queryArguments(ofNamespace))).stdout,
        calls: (await cluster.kubectl(...calls)).stdout,
      };
    });

    await lesson.step('Paths, headers, queries and hosts that callers make up', async () => {
      await frontend.oneConnection(1, `http://backend/${mark}[1-50]`);
      await frontend.oneConnection(20, `http://backend/?from=${mark}`);
      const answers = [
        await frontend.run(
          'sh',
          '-c',
          `for i in $(seq 50); do curl ${statuses} -H "x-user: ${mark}$i" http://backend/; done`,
        ),
        await legacy.run(
          'sh',
          '-c',
          `for i in $(seq 20); do curl ${statuses} -H "Host: ${mark}$i.example" http://${address}/; done`,
        ),
      ].flatMap(({ stdout }) => stdout.trim().split('\n'));
      await lesson.check(
        'the calls with headers and hosts are answered, seventy of seventy',
        answers.filter((status) => status === '200').length,
        (answeredCalls) => answeredCalls === 70 && answers.length === 70,
      );
      await cluster.eventually(
        'the log of the callee has fifty paths and twenty hosts',
        proxyLogCommand('deployment/backend'),
        (log) => {
          const lines = readProxyLog(log);
          const paths = lines.map(({ path }) => path.split('?')[0] ?? '').filter((path) => path.startsWith(`/${mark}`));
          const hosts = lines.map(({ authority }) => authority).filter((host) => host.startsWith(mark));
          return new Set(paths).size === 50 && new Set(hosts).size === 20;
        },
        'kubectl',
        {
          tell: (log) =>
            readProxyLog(log)
              .filter(({ path, authority }) => path.includes(mark) || authority.startsWith(mark))
              .slice(-2)
              .map(({ text }) => text)
              .join('\n'),
        },
      );
    });

    let smaller = { lines: 0, bytes: 0 };
    await lesson.step('And: the calls are counted, in the same two series', async () => {
      const was = bySource(before.calls);
      await cluster.eventually(
        'Prometheus has 120 calls of the frontend and 20 of the unknown caller more, counted and timed',
        callsAndTimes,
        (answer) => {
          const now = bySource(answer);
          const more = (caller: string) => (now[caller] ?? 0) - (was[caller] ?? 0);
          return (
            Object.keys(now).toSorted().join() === 'frontend,unknown' &&
            more('frontend') === 120 &&
            more('unknown') === 20
          );
        },
        'kubectl',
        { tell: tellCalls },
      );
      const { stdout } = await cluster.kubectl(...queryArguments(ofNamespace));
      await lesson.check(
        'no series of calls and times in the namespace is new or gone, and no label holds a word that a caller made up',
        {
          before: series(before.series).length,
          now: series(stdout).length,
          withTheWord: series(stdout).filter((labels) => labels.includes(mark)),
        },
        ({ withTheWord }) =>
          series(stdout).length > 0 &&
          series(stdout).join('\n') === series(before.series).join('\n') &&
          withTheWord.length === 0,
      );
      smaller = await scrape();
    });

    await lesson.step('The metrics get one label more, from the header that names the user', async () => {
      // A stand-in counts where the proxy is upstream's Envoy, which does not have the filter that a Telemetry configures.
      const standIn = await cluster.attempt('kubectl', 'get', 'envoyfilter/request-metrics', '-n', 'istio-system');
      const { stdout: envoy } = await cluster.kubectl(
        'exec',
        'deployment/backend',
        ...proxyAdminCommand('server_info'),
      );
      const forEnvoy = isNewEnvoy(envoy) ? '20-label-per-user.yaml' : '21-label-per-user.envoy-1.38.yaml';
      await cluster.change(standIn.exitCode === 0 ? forEnvoy : '15-label-per-user.telemetry.yaml');
    });

    await lesson.step(`After: ${users} users make ${users} series`, async () => {
      const twice = { beforeEachLook: everybodyCalls, tell: tellUsers };
      for (const server of ['backend', 'forgetful']) {
        await cluster.eventually(
          `the proxy of ${server} lists ${users} users`,
          metricsOf(server),
          (metrics) => callsByUser(metrics).size === users,
          'kubectl',
          twice,
        );
      }
      const larger = await scrape();
      const more = { lines: larger.lines - smaller.lines, bytes: larger.bytes - smaller.bytes };
      await lesson.check(
        `one reading of this one proxy is larger by at least ${users} lines`,
        more,
        ({ lines }) => lines >= users,
      );
      await lesson.measure('m6.e1.a6', `bytes of each reading more, for ${users} users`, more.bytes, 'bytes');
    });

    await lesson.step('And: when nobody calls, the proxy with the annotation forgets them', async () => {
      await cluster.eventually(
        'the proxy of forgetful lists none of the users any more',
        metricsOf('forgetful'),
        (metrics) => callsByUser(metrics).size === 0,
        'kubectl',
        { tell: tellUsers, settleMs: goneWithinSeconds * 1_000 },
      );
      const seconds = (performance.now() - lastCallAt) / 1000;
      const { stdout } = await cluster.kubectl(...metricsOf('backend'));
      await lesson.check(
        `the proxy without it still lists the ${users}`,
        callsByUser(stdout).size,
        (listed) => listed === users,
      );
      await lesson.check(
        `the series were gone within ${goneWithinSeconds} seconds after the last call`,
        Math.round(seconds),
        (all) => all <= goneWithinSeconds,
      );
      await lesson.measure('m6.e1.a9', 'from the last call until the series are gone', seconds, 'seconds');
      const was = callsByUser(stdout).get(`${mark}1`) ?? 0;
      await frontend.run('curl', '-s', '-H', `x-user: ${mark}1`, 'http://backend/', 'http://forgetful/');
      for (const [server, times] of [
        ['backend', was + 1],
        ['forgetful', 1],
      ] as const) {
        await cluster.eventually(
          server === 'backend'
            ? 'after one more call the counter that stayed is one higher'
            : 'the counter that was forgotten begins at 1 again',
          metricsOf(server),
          (metrics) => was > 1 && callsByUser(metrics).get(`${mark}1`) === times,
          'kubectl',
          { tell: (metrics) => `${mark}1: ${callsByUser(metrics).get(`${mark}1`)}` },
        );
      }
    });

    await lesson.step('And: what it would come to, calculated for 3,000 pods', async () => {
      const answer = await cluster.eventually(
        `Prometheus still counts ${users} series of the proxy without the annotation`,
        queryArguments(byUser),
        (text) => value(text) === users,
      );
      lesson.table(
        'Series of one counter: the first row is measured, the others are calculated from it',
        ['users', 'status codes', 'pods', 'series'],
        [
          [`${users}`, '1', '1', `${value(answer)}`],
          [`${users}`, '1', '3,000', (value(answer) * 3_000).toLocaleString('en')],
          [`${users}`, '5', '3,000', (value(answer) * 15_000).toLocaleString('en')],
        ],
      );
    });
  },
);
