import {
  answeringPod,
  barChart,
  chanceOutside,
  clustersCommand,
  exercise,
  failures,
  onceIn,
  readClusterLimits,
  readProxyStats,
  type Reply,
  statsCommand,
  tally,
  tellLimits,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e6-ten-per-cent';
const backend = 'http://backend/';
const counters = [
  'exec',
  'deployment/frontend',
  ...statsCommand(`outbound|80||backend.${namespace}.svc.cluster.local;.outlier_`),
];
const clusters = clustersCommand('deployment/frontend', 'backend', namespace);
/** True if the proxy has the rule with this share, and all else as both manifests have it. */
const hasRule = (share: number | undefined) => (json: string) => {
  const detection = readClusterLimits(json)[0]?.outlierDetection;
  return (
    detection?.consecutive5xx === 3 && detection.baseEjectionTime === '30s' && detection.maxEjectionPercent === share
  );
};
const calls = 600;
/** A third of them, and what is near it. */
const [least, most] = [133, 263];
const aboutAThird = (failed: number) => failed >= least && failed <= most;
const luck = `${least} to ${most} of ${calls}; a third misses that by chance ${onceIn(chanceOutside(calls, 1 / 3, least, most))}`;

exercise(
  'DestinationRule ejects no pod of three while it may eject ten per cent',
  {
    persona: 'Marcus Chen',
    question:
      'One of my three pods fails every call, and the rule says out after three failures. Why do customers still see errors?',
    proof:
      'The counters of the proxy that calls tell what it did, and why. It detects the failing pod again and again, ejects nothing, and counts each time that the limit forbade it; the failing pod goes on answering as often as the others. Then one number changes, the share that may be ejected, and the same pod fails the same way: after two failures it is in, after the third it is out, and of the next calls none fails. So detection worked all along, and the share was what stood in the way.',
    takeaway:
      'By default a tenth of the pods may be ejected, and a tenth of three is none: set maxEjectionPercent to suit the number of pods.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e6.a3', 'm2.e6.a4'],
    errata: ['E222'],
    readMore: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier#ejection-algorithm',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const named = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}'];
    const sick = (await cluster.kubectl(...named)).stdout;
    const pod = cluster.client(`pod/${sick}`);
    const breakIt = () => pod.fault('status=500');
    const ejections = async () => {
      const stats = readProxyStats((await cluster.kubectl(...counters)).stdout);
      const count = (name: string) => stats(`outlier_detection.ejections_${name}`);
      const detected = count('detected_consecutive_5xx');
      return { detected, forbidden: count('overflow'), ejected: count('enforced_total'), out: count('active') };
    };
    const measure = async (times: number) => {
      const replies = await frontend.oneConnection(times, backend);
      return { replies, told: { ...failures(replies), ...(await ejections()) } };
    };

    await lesson.step('Before: one pod of three fails, and with it a third of all calls', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', 3);
      await breakIt();
      const replies = await frontend.oneConnection(calls, backend);
      await lesson.check(`about a third of the calls failed (${luck})`, failures(replies), ({ failed }) =>
        aboutAThird(failed),
      );
      await lesson.check(
        'and every one that failed came from that pod',
        [...new Set(replies.filter(({ status }) => status !== 200).map(({ body }) => answeringPod(body)))],
        (pods) => pods.join() === sick,
      );
    });

    await lesson.step('The rule: out after three failures in a row', async () => {
      await cluster.change('20-circuit-breaker.yaml');
      await cluster.eventually(
        'the proxy of the frontend has the three failures and the thirty seconds, and no word of a share',
        clusters,
        hasRule(undefined),
        'istioctl',
        { tell: tellLimits },
      );
    });

    await lesson.step('After: the failing pod is detected, and never ejected', async () => {
      const { replies, told } = await measure(calls);
      await lesson.show(`Who answered ${calls} calls under the rule`, barChart('calls', tally(replies, whoAnswered)));
      await lesson.check(`still about a third of the calls failed (${luck})`, told, ({ failed }) =>
        aboutAThird(failed),
      );
      await lesson.check(
        'the pod was detected, each time the limit forbade to eject it, and nobody was ejected',
        told,
        ({ detected, forbidden, ejected, out }) => detected > 0 && forbidden > 0 && ejected === 0 && out === 0,
      );
    });

    await lesson.step('And if a third of the pods may be ejected, the same pod is', async () => {
      await cluster.change('30-a-third.yaml');
      await cluster.eventually(
        'the share has reached the proxy, and the rest of the rule is the same',
        clusters,
        hasRule(34),
        'istioctl',
        { tell: tellLimits },
      );
      await pod.fault('none');
      await frontend.burstShows('the healed pod serves', [backend], (replies) =>
        replies.some((reply) => reply.status === 200 && answeringPod(reply.body) === sick),
      );
      await breakIt();
      await frontend.run('sh', '-c', untilFailed(2));
      await cluster.eventually(
        'after two failures it is in',
        counters,
        (text) => /ejections_enforced_total: 0$/m.test(text),
        'kubectl',
        { staysMs: 2_000 },
      );
      await frontend.run('sh', '-c', untilFailed(1));
      await cluster.eventually('after the third it is out', counters, (text) => /ejections_active: 1$/m.test(text));
      const { replies, told } = await measure(90);
      const missed = onceIn((2 / 3) ** 90);
      await lesson.show('Who answered the next 90 calls', barChart('calls', tally(replies, whoAnswered)));
      await lesson.check(
        `errors have ended, and the two other pods answer (90 calls miss a pod that is still in by chance ${missed})`,
        { ...told, pods: tally(replies, whoAnswered).size },
        ({ failed, ejected, out, pods }) => failed === 0 && ejected === 1 && out === 1 && pods === 2,
      );
    });
  },
);

/** Calls until so many calls have failed, and then makes none. */
function untilFailed(times: number): string {
  const call = `status=$(curl --silent --output /dev/null --write-out '%{http_code}' ${backend}); echo $status`;
  return `n=0; while [ $n -lt ${times} ]; do ${call}; [ $status = 200 ] || n=$((n+1)); done`;
}

function whoAnswered({ status, body }: Reply): string {
  return `${answeringPod(body) ?? 'no pod'}: HTTP ${status}`;
}
