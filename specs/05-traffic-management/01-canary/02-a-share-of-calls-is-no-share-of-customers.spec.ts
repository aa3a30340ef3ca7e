import {
  type Answer,
  answered,
  barChart,
  chanceOfLeavingOut,
  chanceOutside,
  connectionsTo,
  exercise,
  isShared,
  listenersCommand,
  onceIn,
  type Reply,
  seeRoutes,
  tally,
  tellShares,
  versionOf,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm5-e1-canary';
const service = `backend.${namespace}`;
const listeners = listenersCommand('deployment/customer', namespace);
/** How many customers there are, and how many calls each of them makes. */
const [customers, each] = [60, 20];
const calls = customers * each;
const chosen = [10, 20, 30, 40, 50, 60];
const share = { least: 78, most: 164 };
const met = { least: 40, most: 60, expected: 1 - 0.9 ** each };
const connections = { calls: 400, least: 46, most: 114 };
const [aTenth, aFifth] = [
  { v1: 90, v2: 10 },
  { v1: 80, v2: 20 },
];

exercise(
  'A weight is a share of calls, or of connections, and never of customers',
  {
    persona: 'Marcus Chen',
    question: 'We release to a tenth. Is it a tenth of our customers who meet the new version?',
    proof: `${customers} customers make ${each} calls each, and each answer says which customer asked and which version answered. With a weight of 10 the share of the calls is right, and most of the customers meet the new version at least once; both are counted in the same ${calls} calls. A fair draw misses the bounds ${onceIn(chanceOutside(calls, 0.1, share.least, share.most))} and ${onceIn(chanceOutside(customers, met.expected, met.least, met.most))}. The same calls are made again with a match on the customer, and the result is exact: six customers meet version 2 with all of their calls, and 54 with none. At last the port is declared as TCP. Fifty requests on one connection then meet one version, where as HTTP, with the same weights, they met two; curl opens one connection for all fifty, and the server says that all came on one; ${connections.calls} new connections are shared by the weight.`,
    takeaway:
      'A weight is drawn anew for each call, or for each connection on a TCP port; to choose customers, match on something that tells who they are.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e1.a3', 'm5.e1.a4', 'm5.e1.a5'],
    errata: ['E502'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRouteDestination',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const hasRoutes = async (says: string, wanted: readonly string[]) =>
      seeRoutes(cluster, { caller: 'deployment/customer', service }, says, wanted);
    /** Every customer makes all calls; who met which version. */
    const everybodyCalls = async () => {
      const replies = await customer.oneConnection(each, `http://backend/?user=[1-${customers}]`);
      const ofCustomer = Map.groupBy(replies, askingUser);
      const toV2 = [...ofCustomer]
        .map(([user, own]) => ({ user, met: own.filter((reply) => versionOf(reply) === 'v2').length }))
        .filter(({ met: count }) => count > 0);
      const versions = tally(replies, versionOf);
      return {
        customers: ofCustomer.size,
        calls: replies.length,
        callsToV1: versions.get('v1') ?? 0,
        callsToV2: versions.get('v2') ?? 0,
        customersOfV2: toV2.map(({ user }) => user).toSorted((a, b) => a - b),
        callsOfEach: toV2.map(({ met: count }) => count),
      };
    };

    await lesson.step('Before: without a rule the calls meet all versions', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/customer', 'backend', 3);
      const versions = tally(await customer.newConnections(40, 'http://backend/'), versionOf);
      await lesson.check(
        `40 calls met three versions (by chance they miss one of three ${onceIn(chanceOfLeavingOut(40, 3))})`,
        Object.fromEntries(versions),
        (seen) => Object.keys(seen).toSorted().join() === 'v1,v2,v3',
      );
    });

    await lesson.step('A weight of 10: a tenth of the calls, and most of the customers', async () => {
      await cluster.change('20-a-tenth.yaml');
      await hasRoutes('the proxy of the customers holds 90 and 10', [tellShares(aTenth)]);
      const seen = await everybodyCalls();
      await lesson.check(
        `version 2 answered ${share.least} to ${share.most} of ${calls} calls, and version 1 the others (a tenth misses that by chance ${onceIn(chanceOutside(calls, 0.1, share.least, share.most))})`,
        { callsToV1: seen.callsToV1, callsToV2: seen.callsToV2 },
        ({ callsToV1, callsToV2 }) =>
          callsToV1 + callsToV2 === calls && callsToV2 >= share.least && callsToV2 <= share.most,
      );
      await lesson.check(
        `${met.least} or more of ${customers} customers met version 2 at least once (expected ${(100 * met.expected).toFixed(1)} % of them, which is 1 − 0.9^${each}; fewer by chance ${onceIn(chanceOutside(customers, met.expected, met.least, met.most))})`,
        { customers: seen.customers, metV2: seen.customersOfV2.length },
        ({ customers: all, metV2 }) => all === customers && metV2 >= met.least,
      );
      await lesson.show(
        `${calls} calls of ${customers} customers at a weight of 10`,
        barChart(
          'per cent',
          new Map([
            ['calls that version 2 answered', Math.round((100 * seen.callsToV2) / calls)],
            ['customers who met version 2', Math.round((100 * seen.customersOfV2.length) / customers)],
          ]),
        ),
      );
    });

    await lesson.step('A match on the customer: six of them, with all of their calls', async () => {
      await cluster.change('30-six-customers.yaml');
      await hasRoutes('the proxy has a rule for some customers before that for all', ['100 % for v2', '100 % for v1']);
      await lesson.check(
        `version 2 answered the customers ${chosen.join(', ')}, each of them ${each} times, and version 1 all calls of the other ${customers - chosen.length}`,
        await everybodyCalls(),
        ({ customers: all, callsToV1, customersOfV2, callsOfEach }) =>
          all === customers &&
          callsToV1 === (customers - chosen.length) * each &&
          customersOfV2.join() === chosen.join() &&
          callsOfEach.every((count) => count === each),
      );
    });

    await lesson.step('A fifth of the calls, on an HTTP port: one connection meets both versions', async () => {
      await cluster.change('40-a-fifth.yaml');
      await hasRoutes('the proxy holds 80 and 20', [tellShares(aFifth)]);
      const both = await customer.oneConnection(50, 'http://backend/');
      await lesson.check(
        `50 requests on one connection met both versions (by chance they miss a fifth ${onceIn(0.8 ** 50)})`,
        { versions: [...tally(both, versionOf).keys()].toSorted(), connectionsOpened: opened(both) },
        (seen) => seen.versions.join() === 'v1,v2' && seen.connectionsOpened === 1,
      );
    });

    await lesson.step('The same weights on a TCP port: one connection meets one version', async () => {
      await cluster.change('50-a-fifth-of-connections.yaml');
      await cluster.eventually(
        'the proxy passes connections on, 80 and 20',
        listeners,
        (dump) =>
          connectionsTo(dump, service)
            .map((shares) => tellShares(shares))
            .join() === tellShares(aFifth),
        'istioctl',
        { tell: (dump) => connectionsTo(dump, service).map(tellShares).join('\n') || 'It has no such listener.' },
      );
      // The endpoints of a port that has another name come a moment later.
      await customer.curl('http://backend/').settlesOn(answered(200, '"pod":"backend-v'));
      const kept = await customer.oneConnection(50, 'http://backend/');
      await lesson.check(
        '50 requests on one connection met one version, which saw them on one connection too',
        {
          versions: [...tally(kept, versionOf).keys()],
          connectionsOpened: opened(kept),
          connectionsSeen: [...tally(kept, connectionOf).keys()],
        },
        (seen) =>
          /^v[12]$/.test(seen.versions.join()) && seen.connectionsOpened === 1 && seen.connectionsSeen.length === 1,
      );
      const versions = Object.fromEntries(
        tally(await customer.newConnections(connections.calls, 'http://backend/'), versionOf),
      );
      await lesson.check(
        `of ${connections.calls} new connections version 2 got ${connections.least} to ${connections.most}, and version 1 the others (a fifth misses that by chance ${onceIn(chanceOutside(connections.calls, 0.2, connections.least, connections.most))})`,
        versions,
        isShared('v2', 'v1', connections),
      );
    });
  },
);

/** The customer that a call was made for, as the server saw it in the query; 0 where no server answered. */
function askingUser({ body }: Reply): number {
  return Number(/"path":"[^"]*[?&]user=(\d+)/.exec(body)?.[1] ?? 0);
}

/** How many connections the caller opened for these calls. */
function opened(replies: readonly Reply[]): number {
  return replies.reduce((sum, reply) => sum + (reply.opened ?? Number.NaN), 0);
}

/** The connection that a call came on, by the count of the server that answered. */
function connectionOf({ status, body }: Reply): string {
  return status === 200 ? `${(JSON.parse(body) as Answer).connection}` : `HTTP ${status}`;
}
