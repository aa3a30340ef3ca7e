import {
  answered,
  answeringPod,
  chanceOfLeavingOut,
  exercise,
  failures,
  type Load,
  linesOfCall,
  moments,
  onceIn,
  tally,
  timeline,
} from '../../../helpers/index.ts';

const backend = (restart: string) => `http://backend/?restart=${restart}`;
const callersLog = ['logs', 'deployment/customer', '--container', 'istio-proxy', '--tail=-1'];
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
/** The server's proxy could not connect to its application. */
const noConnection = 'upstream connect error or disconnect/reset before headers';

exercise(
  'Deployment restarts under load without an error, once it has a probe and a pause',
  {
    persona: 'Marcus Chen',
    question: 'May we restart a service at noon, while customers call it?',
    proof: `The customer calls about twenty times a second while all pods are replaced, twice: the second time only a readiness probe and a pause before the end have been added. The first time calls fail, although Kubernetes reports each pod as Ready and the rollout as successful: it had called each pod Ready before the application says in its own log that it listens. Such a failure is one call in two logs, by the same request id: the proxy of the server had no connection to its own application, and for the proxy of the customer an answer of the server came back, which it does not repeat. The second time no call of ${least} or more fails, and both new pods have answered; that the last ${afterwards} calls miss one of two happens by chance ${luck}.`,
    takeaway:
      'Ready without a probe means that the proxy runs: a pod needs a probe before it is called, and a pause before it stops.',
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

    await lesson.step('Before: two pods answer, and a restart of them fails calls', async () => {
      await customer.curl(backend('warm-up')).settlesOn(answered(200, '"pod":"backend-'));
      const { load, now } = await restart('unprepared');
      await lesson.check('calls failed', failures(load.replies), ({ failed }) => failed > 0);
      await lesson.check(
        'the customer was told that there was no connection',
        load.replies.filter(({ status }) => status !== 200).map(({ status, body }) => `HTTP ${status}: ${body}`),
        (told) => told.some((text) => text.startsWith(`HTTP 503: ${noConnection}`)),
      );
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
          `${pod} was Ready first`,
          { ready: new Date(since).toISOString(), listening: time },
          ({ listening = '' }) => Date.parse(listening) > since,
        );
      }
    });

    await lesson.step('The pod had no connection to itself, and the customer does not repeat the call', async () => {
      const failed = (log: string) => linesOfCall(log, 'restart=unprepared').filter(({ status }) => status === 503);
      const inPods = await cluster.eventually(
        'the proxies of the new pods had no connection to their own application: flag UF',
        serversLogs,
        (log) => failed(log).some(({ flags, cluster: to }) => flags.includes('UF') && to === 'inbound|80||'),
      );
      const requests = new Set(
        failed(inPods)
          .filter(({ flags }) => flags.includes('UF'))
          .map(({ requestId }) => requestId),
      );
      await cluster.eventually(
        "the customer's proxy logs the same calls as answers of the server: no flag, via_upstream",
        callersLog,
        (log) => {
          const same = failed(log).filter(({ requestId }) => requests.has(requestId));
          return (
            same.length === requests.size &&
            same.every(({ flags, details }) => flags === '-' && details === 'via_upstream')
          );
        },
      );
    });

    await lesson.step('The pods get a readiness probe, and a pause before they stop', async () => {
      await cluster.change('20-probe-and-pause.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
    });

    await lesson.step('After: the same restart fails no call', async () => {
      const { load, now } = await restart('prepared');
      await lesson.check(
        `none of ${least} or more calls failed`,
        failures(load.replies),
        ({ calls, failed }) => calls >= least && failed === 0,
      );
      await lesson.check(
        `the last ones came from both new pods (${afterwards} miss one by chance ${luck})`,
        answeredBy(load),
        (seen) => now.every((pod) => (seen[pod] ?? 0) > 0),
      );
    });
  },
);

/** How many calls each pod answered. */
function answeredBy({ replies }: Load): Record<string, number> {
  return Object.fromEntries(tally(replies, ({ body }) => answeringPod(body) ?? 'no pod'));
}
