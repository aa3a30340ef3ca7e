import {
  podOf,
  chanceOfLeavingOut,
  exercise,
  onceIn,
  onNewConnections,
  readReplies,
  tally,
} from '../../../helpers/index.ts';

const calls = 30;
const luck = onceIn(chanceOfLeavingOut(calls, 2));
const services = ['frontend', 'frontend-health'];
const served = [
  'get',
  'endpointslices',
  '-o',
  String.raw`jsonpath={range .items[*]}{.metadata.labels.kubernetes\.io/service-name}: {.endpoints[?(@.conditions.ready==true)].targetRef.name}{"\n"}{end}`,
];
/** Names of the ready pods behind a Service, out of what that prints. */
const servedBy = (service: string, list: string) =>
  list
    .split('\n')
    .flatMap((line) => (line.startsWith(`${service}: `) ? [line.slice(service.length + 2)] : []))
    .join(' ');
const pods = ['get', 'pods', '-l', 'app=frontend', '-o', 'jsonpath={.items[*].metadata.name}'];
const sorted = (names: string) =>
  names
    .split(' ')
    .filter((name) => name !== '')
    .toSorted()
    .join(' ');

exercise(
  'Service for health keeps a pod that fails; only a probe takes it out',
  {
    persona: 'Marcus Chen',
    question:
      'My team gave the frontend a health Service on a port of its own. Why does it send customers to a broken pod?',
    proof: `One of two pods is told to answer 500 to everything. The health Service goes on listing it, and of ${calls} calls to health itself some come back with 500, so it is neither asked nor asking. Then the Deployment gets a readiness probe on the same path, and again one pod is told to fail: now both Services drop it, and all ${calls} calls of both are answered by the other. Once healed it is back, so that it was its answers that kept it out. That ${calls} calls never meet one of two pods happens by chance ${luck}.`,
    takeaway: 'A second Service is a second name for the same pods; who is served is decided by probes.',
    needs: ['k8s'],
    proves: ['m2.e2.a2'],
    errata: ['E207'],
    readMore: 'https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const allAnswered = async (url: string) => {
      await customer.eventually(
        `${calls} calls in a row to ${url} are answered with 200`,
        onNewConnections(calls, [url]),
        ({ stdout }) => {
          const replies = readReplies(stdout);
          return replies.length === calls && replies.every(({ status }) => status === 200);
        },
      );
    };
    const statusesOf = async (url: string) => {
      const replies = await customer.newConnections(calls, url);
      return Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`));
    };
    const bothServe = async (says: string, names: string, staysMs = 0) =>
      cluster.eventually(
        `${services.join(' and ')} have ${says}`,
        served,
        (list) => services.every((service) => sorted(servedBy(service, list)) === sorted(names)),
        'kubectl',
        { staysMs },
      );
    const breaks = async (pod: string) => {
      await cluster.client(`pod/${pod}`).fault('status=500');
    };

    await lesson.step('Before: two names, the same two pods, all calls answered', async () => {
      await bothServe('both pods', (await cluster.kubectl(...pods)).stdout);
      // Without a probe a pod counts as ready before it listens.
      await allAnswered('http://frontend-health:8080/');
      await customer.burstShows(
        'both pods answer health',
        ['http://frontend-health:8080/'],
        (replies) => replies.every(({ status }) => status === 200) && tally(replies, podOf).size === 2,
      );
    });

    await lesson.step('One pod breaks, and stays behind both names: health itself answers 500', async () => {
      const names = (await cluster.kubectl(...pods)).stdout;
      await breaks(names.split(' ')[0] ?? '');
      await lesson.check(
        `some of ${calls} calls to health fail, and some do not (one of two pods is missed by chance ${luck})`,
        await statusesOf('http://frontend-health:8080/'),
        (seen) => (seen['HTTP 500'] ?? 0) > 0 && (seen['HTTP 200'] ?? 0) > 0,
      );
      await bothServe('both pods still', names, 2_000);
    });

    await lesson.step('The Deployment gets a readiness probe, and so new pods', async () => {
      await cluster.change('20-readiness-probe.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/frontend', '--timeout=80s');
    });

    let broken = '';
    let others: readonly string[] = [];
    await lesson.step('After: the pod that breaks is out, and health answers 200 again', async () => {
      const two = await cluster.eventually(
        'there are two pods, the old ones gone',
        pods,
        (list) => list.split(' ').length === 2,
      );
      [broken = '', ...others] = two.split(' ');
      await breaks(broken);
      await bothServe('the other pod only', others.join(' '));
      for (const url of ['http://frontend-health:8080/', 'http://frontend/']) await allAnswered(url);
    });

    await lesson.step('And once it is healed it is served again', async () => {
      await cluster.client(`pod/${broken}`).fault('none');
      await bothServe('both pods', [broken, ...others].join(' '));
    });
  },
);
