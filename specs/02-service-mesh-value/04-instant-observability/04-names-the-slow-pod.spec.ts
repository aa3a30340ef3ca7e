import { barChart, exercise, onceIn, queryArguments, readSamples, untilProxyKnows } from '../../../helpers/index.ts';

const namespace = 'm2-e4-slow-pod';
const buckets = `istio_request_duration_milliseconds_bucket{reporter="destination",destination_workload_namespace="${namespace}"}`;
const slowest = queryArguments(`histogram_quantile(0.99, sum by (pod, le) (${buckets}))`);
const perPod = (answer: string) =>
  readSamples({ stdout: answer })
    .map(({ labels, value }): [string, number] => [labels['pod'] ?? '', Math.round(value)])
    .toSorted(([, one], [, other]) => other - one);
const tellPods = (answer: string) =>
  perPod(answer)
    .map(([pod, ms]) => `${pod}: ${ms} ms`)
    .join('\n');

exercise(
  'One query names the slow pod of a service',
  {
    persona: 'Marcus Chen',
    question: 'Every third call takes most of a second. Which of the backends is it?',
    proof:
      'The client has nothing to go by: one address, answers that name no pod, and two groups of timings. The proxies have timed the same calls pod by pod. The pod that the query puts first is the one that was made slow, and the others are far below it; before it came no pod was. Some two hundred calls to each of the quick ones are behind their figures, so that one late call does not make them slow. How seldom none of 40 calls reaches it by chance stands beside that result.',
    takeaway: 'The proxy beside each pod times its calls, so the slowest percentile by pod is one query.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m2.e4.a6'],
    readMore: 'https://istio.io/latest/docs/reference/config/metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const proxyKnows = async (backends: number) =>
      untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', backends);

    await lesson.step('Before: two backends, both quick', async () => {
      await proxyKnows(2);
      // Of two hundred calls to each the slowest in a hundred are two: a single late one does not decide it.
      await frontend.newConnections(400, 'http://backend/');
      await cluster.eventually(
        'the slowest percentile of both is below half a second',
        slowest,
        (answer) => perPod(answer).length === 2 && perPod(answer).every(([, ms]) => ms < 500),
        'kubectl',
        { tell: tellPods },
      );
    });

    await lesson.step('A third one joins', async () => {
      await cluster.change('20-third-backend.yaml');
      await cluster.kubectl('wait', 'pod', '--all', '--for=condition=Ready', '--timeout=60s');
      await proxyKnows(3);
    });

    await lesson.step('The client sees that some calls are slow, and not whose', async () => {
      const replies = await frontend.newConnections(40, 'http://backend/');
      const slow = replies.filter(({ seconds }) => seconds >= 0.8);
      await lesson.check(
        `some of 40 calls take 0.8 seconds and more, others less (by chance none meets one of three pods ${onceIn((2 / 3) ** 40)})`,
        { slow: slow.length, quick: replies.length - slow.length },
        (groups) => groups.slow > 0 && groups.quick > 0,
      );
      await lesson.check(
        'slow answers and quick ones name the same address, and no pod',
        replies.map(({ remoteIp, body }) => `${remoteIp}, ${/"pod":\s*"([^"]*)"/.exec(body)?.[1]}`),
        (told) => new Set(told).size === 1 && told[0]?.endsWith(', backend') === true,
      );
    });

    await lesson.step('After: one query names the pod', async () => {
      const answer = await cluster.eventually(
        'backend-third comes first, above 0.8 seconds, and the other two stay below half a second',
        slowest,
        (text) => {
          const [first, ...others] = perPod(text);
          return (
            first?.[0] === 'backend-third' &&
            first[1] >= 800 &&
            others.length === 2 &&
            others.every(([, ms]) => ms < 500)
          );
        },
        'kubectl',
        { tell: tellPods },
      );
      await lesson.show('Slowest percentile by pod', barChart('milliseconds', new Map(perPod(answer))));
    });
  },
);
