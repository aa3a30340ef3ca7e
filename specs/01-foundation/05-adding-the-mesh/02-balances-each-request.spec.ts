import {
  answered,
  answeredPastProxy,
  answeredThroughProxy,
  answeringPod,
  barChart,
  chanceOfOnlyOne,
  exercise,
  onceIn,
  type Reply,
  tally,
} from '../../../helpers/index.ts';

const backend = 'http://backend/';
const sticky = 'http://backend-sticky/';
const luck = (calls: number) =>
  `of ${calls}; spread over three pods, all meet one by chance ${onceIn(chanceOfOnlyOne(calls, 3))}`;
const podsOf = (replies: readonly Reply[]) =>
  tally(replies, ({ status, body }) => (status === 200 ? (answeringPod(body) ?? 'nobody') : `HTTP ${status}`));

exercise(
  'The sidecar of the caller balances each request, unless its port is excluded',
  {
    persona: 'Sarah Martinez',
    question: 'You say the proxy handles all our traffic. How do I see that it does, and what goes past it?',
    proof:
      'Kubernetes chooses a pod once for each connection, so thirty requests on one connection end at one pod; with session affinity twenty connections do as well. Once the caller has a proxy the same requests reach several pods, and the affinity of the Service no longer counts: somebody else chooses now. It is the proxy, because with its port excluded everything is as it was, though the proxy still runs. How seldom so many requests all meet one of three pods by chance stands beside each result; the backends have no proxy at any time, so theirs cannot be the cause.',
    takeaway:
      'A sidecar handles the TCP traffic that the redirection rules send to it: no UDP, and no port that is excluded.',
    needs: ['k8s', 'sidecar'],
    proves: ['m1.e5.a7', 'm1.e5.a8'],
    errata: ['E106', 'E127'],
    readMore: 'https://istio.io/latest/docs/reference/config/annotations/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const onOneConnection = async () => podsOf(await frontend.oneConnection(30, backend));
    const withAffinity = async () => podsOf(await frontend.newConnections(20, sticky));
    const newFrontend = async () => cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');

    await lesson.step('Before: the node chooses a pod, once for each connection', async () => {
      await frontend.curl(backend).settlesOn(answeredPastProxy);
      await frontend.curl(sticky).settlesOn(answered(200, 'backend-'));
      const [one, affine] = [await onOneConnection(), await withAffinity()];
      await lesson.show('Without a proxy: 30 requests on one connection', barChart('requests', one));
      await lesson.check(`one pod answers all requests of a connection (${luck(30)})`, [...one], isOnePod);
      await lesson.check(
        `one pod answers all connections to the Service with affinity (${luck(20)})`,
        [...affine],
        isOnePod,
      );
    });

    await lesson.step('The caller gets a proxy', async () => {
      await cluster.change('20-injection.yaml');
      await cluster.kubectl('rollout', 'restart', 'deployment/frontend');
      await newFrontend();
    });

    await lesson.step('After: its proxy chooses a pod for every request', async () => {
      await frontend.curl(backend).settlesOn(answeredThroughProxy);
      const [one, affine] = [await onOneConnection(), await withAffinity()];
      await lesson.show('With a proxy: 30 requests on one connection', barChart('requests', one));
      await lesson.check(`several pods answer the requests of one connection (${luck(30)})`, [...one], areSeveralPods);
      await lesson.show('With a proxy: 20 connections to the Service with affinity', barChart('connections', affine));
      await lesson.check(`the affinity of the Service has no effect (${luck(20)})`, [...affine], areSeveralPods);
    });

    await lesson.step(
      'And with the port excluded the call goes past the proxy, and the node chooses again',
      async () => {
        await cluster.change('30-excluded-port.yaml');
        await newFrontend();
        await frontend.curl(backend).settlesOn(answeredPastProxy);
        await cluster.eventually(
          'the frontend has a proxy all the same',
          ['get', 'pods', '-l', 'app=frontend', '--no-headers'],
          (list) => /^\S+\s+2\/2\s+Running\s/.test(list),
        );
        await lesson.check(
          `one pod answers all requests of a connection (${luck(30)})`,
          [...(await onOneConnection())],
          isOnePod,
        );
        await lesson.check(
          `the Service with affinity has it again (${luck(20)})`,
          [...(await withAffinity())],
          isOnePod,
        );
      },
    );

    await lesson.step('And UDP is never redirected, so the lookup of the name went past it all along', async () => {
      const log = await cluster.kubectl('logs', 'deployment/frontend', '--container', 'istio-init');
      const rules = log.stdout.split('\n').filter((line) => /^-A .* -j (REDIRECT|RETURN)/.test(line));
      const redirecting = rules.filter((rule) => rule.includes('-j REDIRECT'));
      await lesson.check(
        'every rule that redirects to the proxy is for TCP',
        [...new Set(redirecting)].join('\n'),
        () => redirecting.length > 1 && redirecting.every((rule) => rule.includes('-p tcp')),
      );
      await lesson.check(
        'one rule lets port 80 out past the proxy',
        rules.filter((rule) => /ISTIO_OUTPUT .*--dport 80 /.test(rule)).join('\n'),
        (found) => found.includes('-j RETURN'),
      );
    });
  },
);

function isOnePod(pods: readonly (readonly [string, number])[]): boolean {
  return pods.length === 1 && pods[0]?.[0].startsWith('backend-') === true;
}

function areSeveralPods(pods: readonly (readonly [string, number])[]): boolean {
  return pods.length > 1 && pods.every(([pod]) => pod.startsWith('backend-'));
}
