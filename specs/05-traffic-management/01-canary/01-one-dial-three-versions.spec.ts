import {
  barChart,
  between,
  byStatusAndVersion,
  chanceOfLeavingOut,
  chanceOutside,
  exercise,
  failures,
  isShared,
  moments,
  onceIn,
  type Reply,
  seeRoutes,
  type Shares,
  tellShares,
  timeline,
  versionOf,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm5-e1-canary';
const routes = { caller: 'deployment/customer', service: `backend.${namespace}` };
/** Calls that are counted at each share. */
const calls = 1_000;
/** Bounds of their share, and how seldom a fair draw is outside. */
const tenth = { calls, least: 60, most: 140, luck: onceIn(chanceOutside(calls, 0.1, 60, 140)) };
const half = { calls, least: 430, most: 570, luck: onceIn(chanceOutside(calls, 0.5, 430, 570)) };
/** Calls of the load during the ramp; there are more. */
const leastOfLoad = 100;

exercise(
  'VirtualService is a dial for the share of calls: none, a tenth, half, all, and back',
  {
    persona: 'Marcus Chen',
    question: 'How many calls meet a bad build, and who decides that?',
    proof: `Three versions run all the time, so nothing is deployed while the shares change: only the weights of one rule do. After each step the proxy of the customer is asked for the weights that it holds, and ${calls} calls are counted by the version that answered. For a tenth ${tenth.least} to ${tenth.most} are accepted and for half ${half.least} to ${half.most}; how seldom a fair draw misses these stands beside each. For none and for all it is every single call. Another stream of calls, each on a new connection, goes on from the step in which version 2 has the weight 0 to the last one, and none of it fails until version 3 gets its share. Version 3 is wrong and Ready; each failed call names it as the version that answered, and each other call names version 2. When the weights of before are applied again, none of ${calls} calls meets version 3.`,
    takeaway:
      'A deployed version meets nobody until a rule gives it calls, and a bad one fails the share that it was given until the rule is taken back.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e1.a1', 'm5.e1.a2'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/traffic-shifting/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const rows: string[][] = [];
    /** From the last command until the proxy of the customer held what it says. */
    let secondsToProxy = 0;
    /** Applies new weights, sees them in the proxy, and counts who answers then. */
    const turnTo = async (manifest: string, shares: Shares) => {
      const began = performance.now();
      await cluster.change(manifest);
      const wanted = tellShares(shares);
      await seeRoutes(cluster, routes, `the proxy of the customer holds ${wanted}`, [wanted]);
      secondsToProxy = (performance.now() - began) / 1000;
      const seen = byStatusAndVersion(await customer.oneConnection(calls, 'http://backend/'));
      rows.push([wanted, ...['200 v1', '200 v2', '500 v3'].map((kind) => `${seen[kind] ?? 0}`)]);
      return seen;
    };

    await lesson.step('Before: what is deployed is released, so three versions share the calls', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/customer', 'backend', 3);
      const seen = byStatusAndVersion(await customer.newConnections(40, 'http://backend/'));
      await lesson.check(
        `40 calls met all three versions, and each call that version 3 answered failed (by chance they miss one of three ${onceIn(chanceOfLeavingOut(40, 3))})`,
        seen,
        (kinds) => Object.keys(kinds).toSorted().join() === '200 v1,200 v2,500 v3',
      );
      await cluster.eventually(
        'Kubernetes has nothing to object: the pod of version 3 is Ready',
        ['get', 'deployment', 'backend-v3'],
        (list) => /^backend-v3\s+1\/1\b/m.test(list),
      );
    });

    await lesson.step('A rule sends all calls to version 1: version 2 is deployed and meets nobody', async () => {
      const seen = await turnTo('20-nobody.yaml', { v1: 100 });
      await lesson.check(`version 1 answered all of ${calls} calls`, seen, isAll('v1'));
    });

    const load = await customer.whileCalling(['http://backend/'], async (calling) => {
      await lesson.step('A tenth of the calls meets version 2', async () => {
        await calling.calls(10);
        await calling.mark('v2 10 %');
        const seen = await turnTo('30-a-tenth.yaml', { v1: 90, v2: 10 });
        await lesson.show(`${calls} calls at a tenth`, barChart('calls', new Map(Object.entries(seen))));
        await lesson.check(
          `version 2 answered ${tenth.least} to ${tenth.most} of ${calls} calls, and version 1 the others (a tenth misses that by chance ${tenth.luck})`,
          seen,
          isShared('200 v2', '200 v1', tenth),
        );
      });

      await lesson.step('Then half, then all', async () => {
        await calling.mark('v2 50 %');
        await lesson.check(
          `at half version 2 answered ${half.least} to ${half.most} of ${calls} calls, and version 1 the others (a half misses that by chance ${half.luck})`,
          await turnTo('40-half.yaml', { v1: 50, v2: 50 }),
          isShared('200 v2', '200 v1', half),
        );
        await calling.mark('v2 100 %');
        await lesson.check(
          `at the end version 2 answered all of ${calls} calls`,
          await turnTo('50-everyone.yaml', { v2: 100 }),
          isAll('v2'),
        );
      });

      await lesson.step('Friday, 17:00: version 3 is Ready and wrong, and gets a tenth', async () => {
        await calling.mark('v3 10 %');
        const seen = await turnTo('60-bad-version.yaml', { v2: 90, v3: 10 });
        await lesson.show(`${calls} calls with version 3`, barChart('calls', new Map(Object.entries(seen))));
        await lesson.check(
          `${tenth.least} to ${tenth.most} of ${calls} calls failed, each of them at version 3, and version 2 answered the others (a tenth misses that by chance ${tenth.luck})`,
          seen,
          isShared('500 v3', '200 v2', tenth),
        );
        await calling.until('meets version 3', isOfV3);
      });

      await lesson.step('Back: the weights of before, and nobody meets version 3', async () => {
        await calling.mark('taken back');
        await lesson.check(
          `version 2 answered all of ${calls} calls`,
          await turnTo('50-everyone.yaml', { v2: 100 }),
          isAll('v2'),
        );
        await calling.mark('safe');
        await lesson.measure(
          'm5.e1.a2',
          'from the command that takes version 3 back until the proxy of the customer was seen to hold the weights of before',
          secondsToProxy,
          'seconds',
        );
        await calling.calls(10);
      });
    });

    await lesson.step('What the customers saw meanwhile', async () => {
      await lesson.show(
        'Who answered, failed calls in red',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
      lesson.table(`${calls} calls at each share`, ['weights', 'v1', 'v2', 'v3, failed'], rows);
      await lesson.check(
        `no call failed while version 2 went from none to all, of ${leastOfLoad} or more (a loss of one in ten would pass by chance ${onceIn(0.9 ** leastOfLoad)})`,
        failures(between(load, '', 'v3 10 %')),
        (seen) => seen.calls >= leastOfLoad && seen.failed === 0,
      );
      await lesson.check(
        'then each call that version 3 answered failed, and version 2 answered all others',
        byStatusAndVersion(between(load, 'v3 10 %', 'safe')),
        (seen) => Object.keys(seen).toSorted().join() === '200 v2,500 v3',
      );
      await lesson.check(
        'and in the end version 2 answered everyone again',
        byStatusAndVersion(between(load, 'safe')),
        (seen) => Object.keys(seen).join() === '200 v2',
      );
    });
  },
);

function isOfV3(reply: Reply): boolean {
  return versionOf(reply) === 'v3';
}

function isAll(version: string): (seen: Readonly<Record<string, number>>) => boolean {
  return (seen) => Object.keys(seen).join() === `200 ${version}` && seen[`200 ${version}`] === calls;
}
