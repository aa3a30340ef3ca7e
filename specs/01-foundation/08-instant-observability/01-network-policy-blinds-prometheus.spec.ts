import {
  answered,
  blockedByNetwork,
  exercise,
  newGuardedPod,
  query,
  queryArguments,
  timeouts,
} from '../../../helpers/index.ts';

/** Seconds in which Prometheus asks each pod at least once. */
const scrape = 5;
const isDown = (answer: string) => answer.includes(',"0"]') && !answer.includes(',"1"]');
const newest = ['get', 'pods', '-l', 'app=backend', '--sort-by=.metadata.creationTimestamp'];

exercise(
  'NetworkPolicy shuts Prometheus out together with the attacker',
  {
    persona: 'Sarah Martinez',
    question: 'Our policies are in place. Why does the dashboard of the best guarded service stay empty?',
    proof:
      'Prometheus itself says whether it reached a pod: up is 1 before, 0 under the policy, 1 again with one more rule. The pod is replaced in between because a policy decides about new connections, and Prometheus keeps its own open; what counts is only what Prometheus found after the new pod was ready, for a pod that starts or goes cannot be reached either; and a pod that Prometheus reached before the network guarded it would be replaced, and counted. The attacker, who could ask on the same port before, is shut out with it, and stays out when Prometheus is let in. All the while the frontend gets its answers, so the backend is not down, and the frontend, which no policy selects, is scraped throughout.',
    takeaway:
      'A policy that lists the callers of an application must list those who watch it too: port 15020, from where Prometheus lives.',
    needs: ['k8s', 'netpol', 'sidecar', 'prom'],
    proves: ['m1.e8.a1'],
    errata: ['E141'],
    readMore: 'https://istio.io/latest/docs/ops/integrations/prometheus/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const work = cluster.client('deployment/frontend').curl('http://backend/');
    const attacker = cluster.client('pod/attacker');
    const attack = attacker.curl('http://backend/');
    /** The attacker asks where Prometheus does. */
    const spying = async () => {
      const address = await cluster.kubectl(...newest, '-o', 'jsonpath={.items[-1:].status.podIP}');
      return attacker.curl(`http://${address.stdout}:15020/healthz/ready`);
    };
    const isUp = async (workload: string) =>
      cluster.eventually(
        `for Prometheus the ${workload} is up`,
        queryArguments(`up{namespace="m1-e8-blind",pod=~"${workload}-.*"}`),
        (answer) => answer.includes(',"1"]') && !answer.includes(',"0"]'),
      );

    await lesson.step('Before: Prometheus reads the statistics of both, and the attacker may too', async () => {
      await work.settlesOn(answered(200, 'backend-'));
      await attack.settlesOn(answered(200, 'backend-'));
      await (await spying()).settlesOn(answered(200));
      await isUp('backend');
      await isUp('frontend');
    });

    await lesson.step('The policy lists the frontend, and nobody else', async () => {
      await cluster.change('20-backend-policy.yaml');
    });

    let sinceReady = '';
    await lesson.step('Connections that are open already live on, so the backend gets a new pod', async () => {
      await newGuardedPod({ lesson, cluster }, 'deployment/backend', 'm1.e8.a1', async () => {
        await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=60s');
        const pod = (await cluster.kubectl(...newest, '-o', 'jsonpath={.items[-1:].metadata.name}')).stdout;
        const [{ value: readyAt } = { value: Number.NaN }] = await query('vector(time())');
        const up = `max_over_time(up{namespace="m1-e8-blind",pod="${pod}"}[${scrape}s])`;
        sinceReady = `${up} and on() (vector(time()) > ${readyAt + scrape})`;
        const answer = await cluster.eventually(
          'Prometheus has asked the new backend since it was ready',
          queryArguments(sinceReady),
          (text) => isDown(text) || text.includes(',"1"]'),
          'kubectl',
          // It takes as long as a scrape, whatever the policy says.
          { settleMs: timeouts.settleMs },
        );
        return !isDown(answer);
      });
    });

    await lesson.step('After: the backend works, and Prometheus is blind to it', async () => {
      await cluster.eventually(
        'for Prometheus the new backend is down, and has been since it was ready',
        queryArguments(sinceReady),
        isDown,
        'kubectl',
        { staysMs: 2_000 },
      );
      await work.settlesOn(answered(200, 'backend-'));
      await isUp('frontend');
      await attack.settlesOn(blockedByNetwork);
      await attacker.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
    });

    await lesson.step('And one more rule lets Prometheus in again, and the attacker nowhere', async () => {
      await cluster.change('30-allow-scraping.yaml');
      await isUp('backend');
      await (await spying()).settlesOn(blockedByNetwork);
    });
  },
);
