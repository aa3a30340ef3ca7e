import {
  answeringPod,
  between,
  chanceOutside,
  clustersCommand,
  exercise,
  failures,
  moments,
  onceIn,
  readClusterLimits,
  readProxyStats,
  type Reply,
  statsCommand,
  tellLimits,
  type TimedReply,
  timeline,
  timeouts,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e6-ejects';
const backend = 'http://backend/';
const clusters = clustersCommand('deployment/frontend', 'backend', namespace);
const ejections = `outbound|80||backend.${namespace}.svc.cluster.local;.outlier_detection.ejections_`;
/** As the rule has it: the first ejection lasts so long, the second twice that; either ends at the proxy's next look. */
const baseSeconds = 4;

exercise(
  'DestinationRule ejects a failing pod, for longer the second time, and takes it back when healed',
  {
    persona: 'Marcus Chen',
    question:
      'When a pod breaks at three in the morning, can the platform take it out by itself, and put it back when it is well?',
    proof:
      'A customer calls all the time, and each answer names its pod, so the silences in the picture are measured, not told. The pod breaks, fails three calls, on a busy machine a few more before the proxy has acted, and is silent; it comes back while still broken, and the second silence is longer, twice the first by the rule; healed meanwhile, it comes back and answers with 200. All along the two other pods answer, so nothing else was broken, and the counters of the proxy agree: two ejections enforced, none active at the end.',
    takeaway:
      'The proxy takes a broken pod out, tries it again after growing pauses, takes it back once it is well, and needs nobody to be woken.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e6.a5'],
    readMore: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier#ejection-algorithm',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const named = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}'];
    const sick = (await cluster.kubectl(...named)).stdout;
    const pod = cluster.client(`pod/${sick}`);
    const breakIt = () => pod.fault('status=500');
    const healIt = () => pod.fault('none');
    const counters = (says: string, enforced: number, active: number) =>
      cluster.eventually(
        says,
        ['exec', 'deployment/frontend', ...statsCommand(ejections)],
        (text) => {
          const stats = readProxyStats(text);
          const count = (name: string) => stats(`outlier_detection.ejections_${name}`);
          return count('enforced_total') === enforced && count('active') === active;
        },
        'kubectl',
        // The second ejection lasts eight seconds, and ends at a look of the proxy.
        { settleMs: timeouts.settleMs },
      );

    await lesson.step('Before: one pod of three is broken, and a third of all calls fail', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', 3);
      await breakIt();
      const seen = failures(await frontend.oneConnection(90, backend));
      const luck = onceIn(chanceOutside(90, 1 / 3, 10, 90));
      await lesson.check(
        `calls fail all along: ten of 90 or more (of a third it is fewer by chance ${luck})`,
        seen,
        ({ failed }) => failed >= 10,
      );
      await healIt();
    });

    await lesson.step('The rule: three failures in a row, and the pod is out for four seconds', async () => {
      await cluster.change('20-circuit-breaker.yaml');
      const arrived = (json: string) => readClusterLimits(json)[0]?.outlierDetection?.maxEjectionPercent === 100;
      await cluster.eventually('the rule has reached the proxy', clusters, arrived, 'istioctl', { tell: tellLimits });
    });

    await lesson.step('After: the pod breaks, goes, tries in vain to return, is healed and returns', async () => {
      const load = await frontend.whileCalling([backend], async (calling) => {
        await counters('nobody is out', 0, 0);
        await calling.mark('breaks');
        await breakIt();
        await counters('the broken pod is out', 1, 1);
        await counters('it is out for the second time', 2, 1);
        await calling.mark('healed');
        await healIt();
        await counters('it is back', 2, 0);
        await calling.mark('back');
        await calling.calls(10);
        await frontend.burstShows('it serves again', [backend], (replies) =>
          replies.some((reply) => reply.status === 200 && answeringPod(reply.body) === sick),
        );
      });
      await lesson.show('Who answered, failures in red', timeline(moments(load.replies, whoAnswered), load.milestones));
      await lesson.check(
        'every call that failed did so in the broken pod',
        [...new Set(load.replies.filter(({ status }) => status !== 200).map(whoAnswered))],
        (pods) => pods.join() === sick,
      );
      // Half a look: as far as luck would have to move a return for one count of looks to pass for another.
      const rate = load.replies.length / (load.replies.at(-1)?.at ?? Number.NaN);
      const callsInTwoSeconds = Math.floor((rate * baseSeconds) / 2);
      const silent = silences(between(load, 'breaks').filter((reply) => answeringPod(reply.body) === sick));
      await lesson.check(
        'the first silence lasted the time of the rule, the second twice that, and from return to return three looks of the proxy went by and not two, in seconds; luck passes over a pod that is in as seldom as told here',
        { ...silent, callsInTwoSeconds, allMissThePodByChance: onceIn((2 / 3) ** callsInTwoSeconds) },
        // The pod returns at a look, fails and is out again before the next. An ejection of four seconds that does not
        // grow ends at the second look after the return, one of eight at the third, whatever the failures took.
        ({ first, second, betweenReturns }) =>
          first >= baseSeconds && second >= 2 * baseSeconds && betweenReturns >= 2.5 * baseSeconds,
      );
      await lesson.check(
        'once the pod was back, no call failed',
        failures(between(load, 'back')),
        ({ calls, failed }) => calls > 0 && failed === 0,
      );
    });
  },
);

function whoAnswered({ status, body }: Reply): string {
  return answeringPod(body) ?? `HTTP ${status}`;
}

/**
 * How long a pod was silent, in seconds: the two longest pauses between its answers, in the order of time. A call or two
 * may still reach it when the proxy has counted an ejection already, so neither a failure nor a success bounds a silence.
 */
function silences(replies: readonly TimedReply[]): {
  readonly first: number;
  readonly second: number;
  /** From the first answer after the one to the first answer after the other. */
  readonly betweenReturns: number;
} {
  const pauses = replies.slice(1).map(({ at }, index) => ({ seconds: at - (replies[index]?.at ?? at), endsAt: at }));
  const longest = pauses.toSorted((a, b) => b.seconds - a.seconds).slice(0, 2);
  const [first, second] = longest.toSorted((a, b) => a.endsAt - b.endsAt);
  if (first === undefined || second === undefined) throw new Error('The pod was not silent twice');
  return { first: first.seconds, second: second.seconds, betweenReturns: second.endsAt - first.endsAt };
}
