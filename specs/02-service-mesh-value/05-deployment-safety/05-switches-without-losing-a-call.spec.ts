import {
  answeredByVersion,
  between,
  clusterNotFound,
  exercise,
  failures,
  moments,
  onceIn,
  type ParallelReply,
  type Reply,
  tally,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const [v1, v2] = [answeredByVersion('v1'), answeredByVersion('v2')];
/** Calls that are made right after each change, beside those of the one customer. */
const crowdSize = 350;
/** Calls that one version must have answered before it counts as the only one. */
const least = 20;
/** Seconds within which a move meets its first customer; it was about one wherever it was measured. */
const moveSeconds = 10;
const proxyLog = ['logs', 'deployment/frontend', '--container', 'istio-proxy', '--tail=-1'];

exercise(
  'VirtualService moves all customers to v2 and back without losing a call, if its subsets exist',
  {
    persona: 'Marcus Chen',
    question: 'Both versions run. Can we move every customer to the new one, and back, in the middle of the day?',
    proof:
      'One customer calls all the time, each time on a new connection, while the route is changed twice, and right after each change three hundred and fifty more calls are made, ten at a time. Every answer is 200 and names its version: all before the change come from v1, all between the two changes, once the first has arrived, from v2, and in the end all from v1 again. The same route applied while its subsets are missing fails every call, with the flag NC in the log of the proxy that makes them, until the DestinationRule is there; so the order of the two is what keeps the calls.',
    takeaway:
      'Define the subsets first, then route to them: then a release, and its way back, is one small change that nobody notices.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e5.a8', 'm2.e5.a9'],
    errata: ['E217', 'E237'],
    readMore:
      'https://istio.io/latest/docs/ops/best-practices/traffic-management/#avoid-503-errors-while-reconfiguring-service-routes',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');
    // The load shows what the calls between two of these met.
    const twice = { inARow: 2 };

    await lesson.step('Before: the subsets exist, and the route leads everyone to v1', async () => {
      await cluster.change('20-backend-versions.yaml');
      await cluster.change('30-all-to-v1.yaml');
      await frontend.burstShows('version 1 alone answers', ['http://backend/'], (replies) =>
        only('v1')(versions(replies)),
      );
      await lesson.check(
        `${least} calls in a row were answered by v1 (by one of two versions by chance ${onceIn(0.5 ** least)})`,
        versions(await frontend.newConnections(least, 'http://backend/')),
        only('v1'),
      );
    });

    await lesson.step('While customers call, the route is moved to v2, and back to v1', async () => {
      const crowd: ParallelReply[] = [];
      const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
        await calling.calls(least);
        await calling.mark('apply v2');
        await cluster.change('40-all-to-v2.yaml');
        crowd.push(...(await frontend.inParallel(crowdSize, 10, 'http://backend/')));
        await customer.settlesOn(v2, twice);
        await calling.mark('on v2');
        await calling.calls(least);
        await calling.mark('apply v1');
        await cluster.change('30-all-to-v1.yaml');
        crowd.push(...(await frontend.inParallel(crowdSize, 10, 'http://backend/')));
        await customer.settlesOn(v1, twice);
        await calling.mark('on v1');
        await calling.calls(least);
      });
      await lesson.show(
        'Who answered while the route was moved',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
      await lesson.check('no call failed', failures(load.replies), ({ calls, failed }) => calls > 20 && failed === 0);
      await lesson.check(
        `nor did one of ${2 * crowdSize} that ten at a time made right after each change (a loss of 2 in 100 would pass by chance ${onceIn(0.98 ** (2 * crowdSize))})`,
        Object.fromEntries(tally(crowd, ({ status }) => `HTTP ${status}`)),
        (seen) => Object.keys(seen).join() === 'HTTP 200' && seen['HTTP 200'] === 2 * crowdSize,
      );
      const phases = [
        { when: 'before the move', version: 'v1', replies: between(load, '', 'apply v2') },
        { when: 'then', version: 'v2', replies: between(load, 'on v2', 'apply v1') },
        { when: 'after the way back', version: 'v1', replies: between(load, 'on v1') },
      ];
      for (const { when, version, replies } of phases) {
        await lesson.check(
          `${when} ${version} answered all calls, ${least} or more (by one of two versions by chance ${onceIn(0.5 ** least)})`,
          versions(replies),
          (seen) => replies.length >= least && only(version)(seen),
        );
      }
      const delay = (from: string, to: string, wanted: string) => {
        const first = between(load, from, to).find((reply) => versionOf(reply) === wanted);
        const applied = load.milestones.find(({ label }) => label === from);
        return first && applied && Number((first.at - applied.seconds).toFixed(2));
      };
      await lesson.check(
        `each move met its first customer within ${moveSeconds} seconds`,
        { toV2: delay('apply v2', 'on v2', 'v2'), backToV1: delay('apply v1', 'on v1', 'v1') },
        ({ toV2 = Infinity, backToV1 = Infinity }) => Math.max(toV2, backToV1) < moveSeconds,
      );
    });

    await lesson.step('Without route and subsets either version answers', async () => {
      await cluster.revert('30-all-to-v1.yaml');
      await cluster.revert('20-backend-versions.yaml');
      await frontend.burstShows(
        'calls meet both',
        ['http://backend/'],
        (replies) => Object.keys(versions(replies)).toSorted().join() === 'v1,v2',
      );
    });

    await lesson.step('The same route before its subsets: every call fails until they are there', async () => {
      const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
        await calling.calls(10);
        await calling.mark('route');
        await cluster.change('40-all-to-v2.yaml');
        await customer.settlesOn(clusterNotFound, twice);
        await calling.mark('outage');
        await calling.calls(10);
        await calling.mark('subsets');
        await cluster.change('20-backend-versions.yaml');
        await customer.settlesOn(v2, twice);
        await calling.mark('healed');
        await calling.calls(10);
      });
      await lesson.show(
        'Who answered when the route came first, failures in red',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
      const phases = {
        before: failures(between(load, '', 'route')),
        outage: failures(between(load, 'outage', 'subsets')),
        healed: failures(between(load, 'healed')),
      };
      await lesson.check(
        'no call failed before the route, every call did until the subsets came, and none afterwards',
        phases,
        ({ before, outage, healed }) =>
          [before, outage, healed].every(({ calls }) => calls > 0) &&
          before.failed + healed.failed === 0 &&
          outage.failed === outage.calls,
      );
      const withoutCluster = (log: string) => log.split('\n').filter((line) => line.includes('" 503 NC '));
      const log = await cluster.eventually(
        'the proxy of the customer writes the flag NC, no cluster, beside those 503',
        proxyLog,
        (text) => withoutCluster(text).length > 0,
        'kubectl',
        { tell: (text) => withoutCluster(text).slice(0, 1).join() },
      );
      const [line = ''] = withoutCluster(log);
      await lesson.check('such a line of its log gives the reason', line, (text) => text.includes('cluster_not_found'));
    });
  },
);

function versions(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, versionOf));
}

/** At least one call, and all of them answered by this version. */
function only(wanted: string): (seen: Record<string, number>) => boolean {
  return (seen) => Object.keys(seen).join() === wanted;
}
