import {
  answered,
  between,
  chanceOfLeavingOut,
  exercise,
  failures,
  linesOfCall,
  moments,
  onceIn,
  podOf,
  proxyLogCommand,
  type ProxyLogLine,
  type Reply,
  tally,
  timeline,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const backend = (restart: string) => `http://backend/?restart=${restart}`;
const callersLog = proxyLogCommand('deployment/customer');
const ofBackend = ['-l', 'app=backend'];
const serversLogs = ['logs', ...ofBackend, '--container', 'istio-proxy', '--tail=-1'];
const pods = ['get', 'pods', ...ofBackend];
/** When Kubernetes called each pod Ready, to the second. */
const readySince = [
  ...pods,
  '-o',
  'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].lastTransitionTime}{"\\n"}{end}',
];
/** Calls to the new pods alone, and calls in all: some three seconds of them. */
const [afterwards, least] = [20, 60];
const luck = onceIn(chanceOfLeavingOut(afterwards, 2));
/** Milliseconds from Ready, of which Kubernetes tells whole seconds, to listening: the application needs six seconds. */
const readyBefore = 1_000;
/** The server's proxy could not connect to its application. */
const noConnection = 'upstream connect error or disconnect/reset before headers';

exercise(
  'Deployment restarts under load without an error, once it has a probe and a pause',
  {
    persona: 'Marcus Chen',
    question: 'May we restart a service at noon, while customers call it?',
    proof: `The customer calls about twenty times a second while all pods are replaced, twice: the second time only a readiness probe and a pause before the end have been added. The first time calls fail, although Kubernetes reports each pod as Ready and the rollout as successful: it had called each of the two pods Ready a second or more before the application says in its own log that it listens. Each 503 is found in the log of the customer's proxy, and by its request id in those of the new pods. At most of them the proxy of the server had no connection to its own application, and for the proxy of the customer an answer of the server came back, which it does not repeat. The second time no call of ${least} or more fails, and of the calls that come last both new pods answer some, and nobody else any; that ${afterwards} calls miss one of two happens by chance ${luck}. A probe and a pause are added together, so what each of them does alone is not seen.`,
    takeaway:
      'Ready without a probe means that the proxy runs, so a pod needs a probe before it is called. With a probe, and a pause before it stops, a restart lost nothing.',
    needs: ['sidecar'],
    proves: ['m5.e6.a1', 'm5.e6.a2', 'm5.e6.a3'],
    errata: ['E514'],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const podNames = async () =>
      (await cluster.kubectl(...pods, '-o', 'jsonpath={.items[*].metadata.name}')).stdout.split(' ');
    /** Replaces all pods while the customer calls, until those of before are gone. */
    const restart = async (name: string) => {
      const old = await podNames();
      let said = '';
      const load = await customer.whileCalling([backend(name)], async (calling) => {
        await calling.calls(afterwards);
        await calling.mark('restart');
        await cluster.kubectl('rollout', 'restart', 'deployment/backend');
        said = (await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s')).stdout;
        await cluster.kubectl('wait', '--for=delete', ...old.map((pod) => `pod/${pod}`), '--timeout=60s');
        await calling.mark('only new pods');
        await calling.calls(afterwards);
      });
      await lesson.show(
        `Answers during the restart, ${name}`,
        timeline(
          moments(load.replies, ({ status }) => `HTTP ${status}`),
          load.milestones,
        ),
      );
      const now = await podNames();
      await lesson.check('all pods are new', { before: old, now }, (names) =>
        new Set(names.before).isDisjointFrom(new Set(names.now)),
      );
      await lesson.check('Kubernetes says that the rollout was a success', said, (text) =>
        text.includes('successfully rolled out'),
      );
      return { load, now };
    };

    let refused = 0;
    await lesson.step('Before: two pods answer, and a restart of them fails calls', async () => {
      await customer.curl(backend('warm-up')).settlesOn(answered(200, '"pod":"backend-'));
      const { load, now } = await restart('unprepared');
      await lesson.check('calls failed', failures(load.replies), ({ failed }) => failed > 0);
      await lesson.check(
        'most of them were told that there was no connection',
        Object.fromEntries(tally(load.replies.filter(isFailure), tellFailure)),
        (told) => (told[`HTTP 503: ${noConnection}`] ?? 0) > failures(load.replies).failed / 2,
      );
      refused = load.replies.filter(({ status }) => status === 503).length;
      await lesson.check(
        'two of two containers are ready in each pod',
        (await cluster.kubectl(...pods, '--no-headers')).stdout,
        (list) =>
          list
            .trim()
            .split('\n')
            .filter((line) => /\s2\/2\s+Running\s/.test(line)).length === now.length,
      );
    });

    await lesson.step('For Kubernetes each pod was Ready before its application listened', async () => {
      const ready = new Map(
        (await cluster.kubectl(...readySince)).stdout
          .trim()
          .split('\n')
          .map((line): [string, number] => [line.split(' ')[0] ?? '', Date.parse(line.split(' ')[1] ?? '')]),
      );
      await lesson.check('there are two of them', [...ready.keys()], (names) => names.length === 2);
      for (const [pod, since] of ready) {
        const log = await cluster.eventually(
          `the log of ${pod} says when its application began to listen`,
          ['logs', pod, '--container', 'server'],
          (text) => text.includes('"says":"listening"'),
        );
        const { time } = JSON.parse(log.split('\n').find((line) => line.includes('"says":"listening"')) ?? '{}') as {
          time?: string;
        };
        await lesson.check(
          `${pod} was Ready a second or more before`,
          { ready: new Date(since).toISOString(), listening: time },
          ({ listening = '' }) => Date.parse(listening) >= since + readyBefore,
        );
      }
    });

    await lesson.step('Most often a pod had no connection to itself, and that call is not repeated', async () => {
      const failed = (log: string) => linesOfCall(log, 'restart=unprepared').filter(({ status }) => status === 503);
      const seen = failed(
        await cluster.eventually(
          `the log of the customer's proxy has all of the ${refused} calls that ended with 503`,
          callersLog,
          (log) => failed(log).length === refused,
        ),
      );
      const inPods = await cluster.eventually(
        'at most of them the proxy of a new pod had no connection to its own application: flag UF',
        serversLogs,
        (log) => seen.filter(({ requestId }) => unconnected(failed(log)).has(requestId)).length > seen.length / 2,
      );
      const ids = unconnected(failed(inPods));
      const same = seen.filter(({ requestId }) => ids.has(requestId));
      lesson.table(
        'What the two logs say of each call that ended with 503',
        ["in the proxy of a new pod, and in the customer's proxy", 'calls'],
        [
          ...tally(
            seen,
            ({ requestId, flags, details }) => `${ids.has(requestId) ? 'UF' : 'no such line'}, and ${flags} ${details}`,
          ),
        ].map(([kind, calls]) => [kind, `${calls}`]),
      );
      await lesson.check(
        "each of these is one call for the customer's proxy, and an answer of the server: no flag, via_upstream",
        {
          inPods: ids.size,
          ended: Object.fromEntries(tally(same, ({ flags, details }) => `${flags} ${details}`)),
        },
        ({ inPods: calls, ended }) => ended['- via_upstream'] === calls && Object.keys(ended).length === 1,
      );
    });

    await lesson.step('The pods get a readiness probe, and a pause before they stop', async () => {
      const old = await podNames();
      await cluster.change('20-probe-and-pause.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
      // Those of before have no pause: the next load begins when they are gone, and the customer's proxy knows.
      await cluster.eventually(
        'the pods from before are gone',
        [...pods, '-o', 'jsonpath={.items[*].metadata.name}'],
        (names) => names !== '' && new Set(names.split(' ')).isDisjointFrom(new Set(old)),
      );
      await untilProxyKnows(cluster, 'm5-e6-noon', 'deployment/customer', 'backend', 2);
    });

    await lesson.step('After: the same restart fails no call', async () => {
      const { load, now } = await restart('prepared');
      await lesson.check(
        `none of ${least} or more calls failed`,
        failures(load.replies),
        ({ calls, failed }) => calls >= least && failed === 0,
      );
      await lesson.check(
        `the last ones came from the two new pods, and from both (${afterwards} miss one by chance ${luck})`,
        { now, last: Object.fromEntries(tally(between(load, 'only new pods'), podOf)) },
        (seen) => seen.now.length === 2 && Object.keys(seen.last).toSorted().join() === seen.now.toSorted().join(),
      );
    });
  },
);

function isFailure({ status }: Reply): boolean {
  return status !== 200;
}

/** How a call failed, without what differs from one to the next. */
function tellFailure({ status, body }: Reply): string {
  return `HTTP ${status}: ${body.startsWith(noConnection) ? noConnection : body.trim()}`;
}

/** Request ids of calls that a proxy could not hand on to the application of its own pod. */
function unconnected(lines: readonly ProxyLogLine[]): Set<string> {
  const own = lines.filter(({ flags, cluster }) => flags.split(',').includes('UF') && cluster === 'inbound|80||');
  return new Set(own.map(({ requestId }) => requestId));
}
