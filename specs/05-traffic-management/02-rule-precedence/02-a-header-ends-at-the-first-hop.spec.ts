import {
  type Answer,
  chanceOutside,
  exercise,
  onceIn,
  type Reply,
  seeRoutes,
  tally,
  tellShares,
} from '../../../helpers/index.ts';

const namespace = 'm5-e2-chain';
const service = `stock.${namespace}`;
/** Calls to the shop, whose two versions share them; so many of them at least each must have handed on. */
const [calls, ofEach] = [80, 20];
const chain = `http://shop.${namespace}/`;
const stock = `http://stock.${namespace}/`;

/** One call through the shop: which version of it answered, and what came to the stock behind it. */
interface Hops {
  readonly shop: string;
  readonly stock: string;
  /** A header as the shop saw it, and as the stock did; `-` where there was none. */
  readonly atShop: string;
  readonly atStock: string;
}

exercise(
  'A rule on a header ends where the application does not pass the header on',
  {
    persona: 'Marcus Chen',
    question: 'Testers carry a header. Why do they meet the new version of one service, and the old one behind it?',
    proof: `The rule is about the second of two services. A call that comes to that service with the header meets version 2, so the rule works. Through the first service the same header has no effect, and the answer shows why: the first service saw it, the second did not. Then the rule asks for baggage, a header of tracing. Two versions of the first service run side by side and differ in one setting; what comes through the one that passes baggage on meets version 2, and what comes through the other meets version 1, by the same rule at the same time. At last the rule asks who is calling and for no header at all; each of the two callers then holds one route, and not the same. Of ${calls} calls each caller handed on ${ofEach} or more (fewer by chance ${onceIn(chanceOutside(calls, 0.5, ofEach, calls - ofEach))}), and not one went the other way.`,
    takeaway:
      'The proxy routes by what is in the call at that hop: pass on a header that others pass on too, such as baggage, or match on the caller.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e2.a6', 'm5.e2.a7'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    /** Calls through the shop, each on a new connection; the header is one to follow on its way. */
    const through = async (header: string, ...sent: readonly string[]) =>
      (await customer.newConnections(calls, ...sent, chain)).map((reply) => hopsOf(reply, header));
    const settles = async (says: string, call: readonly string[], wanted: string) =>
      customer.burstShows(says, call, (replies) => replies.every((reply) => versionOfStock(reply) === wanted));

    await lesson.step('Before: without a rule both versions of the stock answer', async () => {
      await customer.burstShows(
        'both versions of the stock answer',
        ['-H', 'canary: true', chain],
        (replies) => Object.keys(ways(replies.map((reply) => hopsOf(reply, 'canary')))).length === 4,
      );
      const hops = await through('canary', '-H', 'canary: true');
      await lesson.check(
        `each version of the shop met both versions of the stock (by chance one of four ways is missed ${onceIn(4 * 0.75 ** calls)})`,
        ways(hops),
        (seen) =>
          Object.keys(seen).toSorted().join('; ') ===
          'shop v1, stock v1; shop v1, stock v2; shop v2, stock v1; shop v2, stock v2',
      );
    });

    await lesson.step('A rule on the header canary works for whoever calls the stock with it', async () => {
      await cluster.change('20-canary-header.yaml');
      await settles('40 calls to the stock with the header meet version 2', ['-H', 'canary: true', stock], 'v2');
      await settles('40 calls without it meet version 1', [stock], 'v1');
    });

    await lesson.step('Through the shop the same header has no effect', async () => {
      await settles('40 calls through the shop meet version 1', ['-H', 'canary: true', chain], 'v1');
      const hops = await through('canary', '-H', 'canary: true');
      await lesson.check(
        `of ${calls} calls all met version 1 of the stock, by either version of the shop`,
        ways(hops),
        (seen) => isOnly(seen, { v1: 'v1', v2: 'v1' }),
      );
      await lesson.check(
        'the shop saw the header in each of them, and the stock in none',
        headers(hops),
        (seen) => Object.keys(seen).join() === 'shop: true, stock: -',
      );
    });

    await lesson.step('A rule on baggage: what the shop passes on decides', async () => {
      await cluster.change('30-baggage.yaml');
      await settles('40 calls to the stock with baggage meet version 2', ['-H', 'baggage: canary=true', stock], 'v2');
      await customer.burstShows(
        'calls through the shop meet version 2 behind one version of it, and version 1 behind the other',
        ['-H', 'baggage: canary=true', chain],
        (replies) =>
          Object.keys(ways(replies.map((reply) => hopsOf(reply, 'baggage'))))
            .toSorted()
            .join('; ') === 'shop v1, stock v2; shop v2, stock v1',
      );
      const hops = await through('baggage', '-H', 'baggage: canary=true');
      await lesson.check(
        `of ${calls} calls all that version 1 of the shop handed on met version 2 of the stock, and all that version 2 handed on met version 1`,
        ways(hops),
        (seen) => isOnly(seen, { v1: 'v2', v2: 'v1' }),
      );
      await lesson.check(
        'version 1 of the shop passed the baggage on, and version 2 did not',
        {
          v1: headers(hops.filter(({ shop }) => shop === 'v1')),
          v2: headers(hops.filter(({ shop }) => shop === 'v2')),
        },
        ({ v1, v2 }) =>
          Object.keys(v1).join() === 'shop: canary=true, stock: canary=true' &&
          Object.keys(v2).join() === 'shop: canary=true, stock: -',
      );
    });

    await lesson.step('A rule on the caller needs no header: each caller has a route of its own', async () => {
      await cluster.change('40-by-caller.yaml');
      // Who calls is known when the route is made, so there is nothing left to match: no proxy gets a second route.
      for (const version of ['v1', 'v2'])
        await seeRoutes(
          cluster,
          { caller: `deployment/shop-${version}`, service },
          `the proxy of shop-${version} holds one route, to version ${version.slice(1)} of the stock`,
          [tellShares({ [version]: 100 })],
        );
      const hops = await through('canary');
      await lesson.check(
        `of ${calls} calls without a header all that version 2 of the shop handed on met version 2 of the stock, and all others version 1`,
        ways(hops),
        (seen) => isOnly(seen, { v1: 'v1', v2: 'v2' }),
      );
    });
  },
);

/** Which version of the stock a call met, directly or behind the shop; its status where it met none. */
function versionOfStock({ status, body }: Reply): string {
  if (status !== 200) return `HTTP ${status}`;
  const answer = JSON.parse(body) as Answer;
  return answer.next === undefined ? answer.version : (answer.next.body as Answer).version;
}

function hopsOf(reply: Reply, header: string): Hops {
  if (reply.status !== 200) return { shop: `HTTP ${reply.status}`, stock: '', atShop: '', atStock: '' };
  const shop = JSON.parse(reply.body) as Answer;
  const behind = shop.next?.body as Answer;
  const seen = ({ headers: { [header]: value } }: Answer) => (value === undefined ? '-' : String(value));
  return { shop: shop.version, stock: behind.version, atShop: seen(shop), atStock: seen(behind) };
}

/** How many calls went which way, e.g. `{ 'shop v1, stock v2': 41 }`. */
function ways(hops: readonly Hops[]): Record<string, number> {
  return Object.fromEntries(tally(hops, (each) => `shop ${each.shop}, stock ${each.stock}`));
}

/** In how many calls the header was seen where. */
function headers(hops: readonly Hops[]): Record<string, number> {
  return Object.fromEntries(tally(hops, ({ atShop, atStock }) => `shop: ${atShop}, stock: ${atStock}`));
}

/** All calls went these ways, from each version of the shop to one of the stock, and enough of them from each. */
function isOnly(seen: Readonly<Record<string, number>>, wanted: Readonly<Record<string, string>>): boolean {
  const counts = Object.entries(wanted).map(([shop, version]) => seen[`shop ${shop}, stock ${version}`] ?? 0);
  return counts.every((count) => count >= ofEach) && counts.reduce((sum, count) => sum + count, 0) === calls;
}
