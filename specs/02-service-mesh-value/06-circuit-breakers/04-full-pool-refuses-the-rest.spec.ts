import {
  answered,
  barChart,
  type Client,
  clustersCommand,
  exercise,
  failures,
  mostAtOnce,
  type ParallelReply,
  readAccessLog,
  readClusterLimits,
  tally,
  tellLimits,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm2-e6';
const clusters = (workload: string) => clustersCommand(`deployment/${workload}`, 'backend', namespace);
const logs = ['logs', '--selector', 'app=backend', '--tail=-1'];
/** True if a proxy has the limits of the rule, and would eject any pod after three failures. */
const hasTheRule = (json: string) => {
  const [found] = readClusterLimits(json);
  const detection = found?.outlierDetection;
  return (
    found?.maxConnections === 10 &&
    found.maxPendingRequests === 10 &&
    detection?.consecutive5xx === 3 &&
    detection.baseEjectionTime === '30s' &&
    detection.maxEjectionPercent === 100
  );
};
/** Pods of the backend. Envoy gives each its first connection even beyond the limit, as its documentation says. */
const pods = 3;
const slow = (path: string, delay = '300ms') => `http://backend/${path}?delay=${delay}`;

exercise(
  "A full connection pool refuses the rest, and each caller's proxy has a pool of its own",
  {
    persona: 'Marcus Chen',
    question:
      'When a service is slow, callers pile up until everything is slow. What does the limit of the rule do then, and for whom?',
    proof:
      'The backend is slow and nothing is broken, so whatever is refused is refused by the limit. Without the rule 50 calls at once are all served. With it two callers with ten calls each still are, and the logs of the backend show that more than the ten of the rule were under way at once. Of 50 calls from one caller some are served, and the others get a 503 with the header x-envoy-overloaded: exactly as many as its proxy has counted as overflow, and none of them is in the logs. One call at a time never meets the limit, not in 200 calls.',
    takeaway:
      "The limit protects a slow service from each caller by itself: together, callers may bring as many calls as there are callers' proxies times the limit.",
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e6.a6', 'm2.e6.a7', 'm2.e6.a8'],
    errata: ['E224', 'E226'],
    readMore: 'https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const mobile = cluster.client('deployment/mobile');
    const overflow = async (client: Client) => {
      const stats = await client.proxyStats(
        `outbound|80||backend.${namespace}.svc.cluster.local;.upstream_rq_pending_`,
      );
      return stats('upstream_rq_pending_overflow');
    };
    /** Calls to a path that reached the backend, once so many are in its log: what a pod prints stands there later. */
    const served = async (path: string, least: number) => {
      const calls = (log: string) => readAccessLog(log).filter((call) => call.path.startsWith(`/${path}`));
      const says = `the log of the backend holds the ${least} calls to /${path}`;
      const tell = (log: string) =>
        log
          .split('\n')
          .filter((line) => line.includes(`"/${path}`))
          .join('\n');
      return calls(await cluster.eventually(says, logs, (log) => calls(log).length >= least, 'kubectl', { tell }));
    };

    await lesson.step('Before: fifty calls at once to a slow backend are all served', async () => {
      // Counters of a cluster that a proxy has not called yet do not exist.
      await mobile.curl('http://backend/').settlesOn(answered(200), { inARow: 1 });
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', pods);
      const replies = await frontend.inParallel(50, 50, slow('before'));
      await lesson.check('none is refused', count(replies), ({ ok, refused }) => ok === 50 && refused === 0);
    });

    await lesson.step('The rule: room for ten connections, and for ten calls that wait', async () => {
      await cluster.change('20-circuit-breaker.yaml');
      for (const workload of ['frontend', 'mobile']) {
        const says = `the rule has reached the proxy of the ${workload}: limits, and when a pod would be ejected`;
        await cluster.eventually(says, clusters(workload), hasTheRule, 'istioctl', { tell: tellLimits });
      }
    });

    await lesson.step('After: two callers with ten calls each at once are both served in full', async () => {
      const before = [await overflow(frontend), await overflow(mobile)];
      const both = [frontend, mobile].map(async (client) => client.inParallel(10, 10, slow('pair', '3s')));
      const replies = await Promise.all(both);
      const after = [await overflow(frontend), await overflow(mobile)];
      await lesson.check(
        'all twenty are served, and neither proxy has refused any',
        { replies: replies.map(count), before, after },
        (seen) => seen.replies.every(({ ok }) => ok === 10) && seen.before.join() === seen.after.join(),
      );
      await lesson.check(
        'the backend had more of them at once than one proxy lets through: the ten of the rule, and one for each pod',
        mostAtOnce(await served('pair', 20)),
        (atOnce) => atOnce > 10 + pods,
      );
    });

    await lesson.step('And of fifty calls at once from one caller some are served, the rest refused', async () => {
      const before = await overflow(frontend);
      const replies = await frontend.inParallel(50, 50, slow('crowd'));
      const counted = (await overflow(frontend)) - before;
      await lesson.show('What came of 50 calls at once', barChart('calls', tally(replies, outcome)));
      await lesson.check(
        'some are served, the others refused as overload, and the proxy has counted as many',
        { ...count(replies), counted },
        ({ ok, refused }) => ok > 0 && refused > 0 && ok + refused === 50 && refused === counted,
      );
      const reached = await served('crowd', count(replies).ok);
      await lesson.check(
        'the backend knows of those that were served and of no other, and never had more at once than the ten of the rule, and one for each of its pods that had no connection yet',
        { served: count(replies).ok, logged: reached.length, atOnce: mostAtOnce(reached) },
        ({ served: ok, logged, atOnce }) => logged === ok && atOnce <= 10 + pods,
      );
    });

    await lesson.step('And one call at a time is never refused, not in a burst of 200', async () => {
      const before = await overflow(frontend);
      const sequence = failures(await frontend.oneConnection(10, slow('patient')));
      const burst = failures(await frontend.newConnections(200, 'http://backend/burst'));
      const stats = await frontend.proxyStats(`outbound|80||backend.${namespace}.svc.cluster.local;.outlier_`);
      await lesson.check(
        'no call failed, none was counted as overflow, no pod was ejected',
        {
          sequence,
          burst,
          overflow: (await overflow(frontend)) - before,
          ejected: stats('outlier_detection.ejections_enforced_total'),
        },
        (seen) => seen.sequence.failed === 0 && seen.burst.failed === 0 && seen.overflow === 0 && seen.ejected === 0,
      );
      const logged = (await served('burst', 200)).length;
      const { stdout } = await cluster.kubectl(...logs);
      await lesson.check(
        'the logs of the backend hold the 200 calls, and no word of refusals or ejections',
        { logged, told: stdout.match(/overflow|overload|eject|circuit|breaker|"status":503/gi) ?? [] },
        (seen) => seen.logged === 200 && seen.told.length === 0,
      );
    });
  },
);

function outcome({ status, overloaded }: ParallelReply): string {
  return overloaded ? `refused: HTTP ${status}, x-envoy-overloaded` : `served: HTTP ${status}`;
}

function count(replies: readonly ParallelReply[]): { readonly ok: number; readonly refused: number } {
  const refused = replies.filter(({ status, overloaded }) => status === 503 && overloaded).length;
  return { ok: replies.filter(({ status }) => status === 200).length, refused };
}
