import { clustersCommand, exercise, hitsIn, type ParallelReply, tally } from '../../../helpers/index.ts';

const namespace = 'm5-e5-chain';
const hops = ['shop', 'stock', 'ledger'] as const;
/** Calls that come at the same moment, tries of each, and how long the ledger takes to fail one. */
const crowd = { calls: 40, tries: 4 };
const failing = (key: string) => `http://ledger/?status=503&delay=300ms&key=${key}`;
/** Tries that a crowd may cost under a budget. */
const budgeted = { least: 44, most: 90 };
/** Calls that come one after another. */
const single = 3;
/** Forgets what was counted, calls the shop once, and prints what each hop has counted then. */
const oneCall = [
  'sh',
  '-c',
  `for hop in ${hops.join(' ')}; do curl --silent --output /dev/null --request DELETE http://$hop/hits; done; ` +
    "curl --silent --output /dev/null --max-time 20 --write-out 'HTTP %{http_code} after %{time_total} s\\n' http://shop/; " +
    `for hop in ${hops.join(' ')}; do curl --silent http://$hop/hits?key=default; done`,
];

exercise(
  'Retries of several hops multiply, and a DestinationRule budgets those of one',
  {
    persona: 'Marcus Chen',
    question: 'Each of our teams has three retries. What reaches the last service when it is in trouble?',
    proof: `Each server counts the calls that reach it, and the last one fails all of them, so nothing is left to chance. Without rules one call of the shop costs one call at each hop. With three retries at each of three hops the same call costs 4, 16 and 64. With retries at the last hop alone it is 4 at the end, so the hops multiply and not the failing server. Then ${crowd.calls} calls come at the same moment: they cost ${crowd.calls * crowd.tries} tries, and under a budget at most ${budgeted.most}, while the proxy counts the retries that it refused. Calls that follow each other cost four tries each under the same budget, so it is not a rate limit.`,
    takeaway:
      'Retry at one hop, the one that knows whether a call may happen twice, and give it a budget for the moment when all calls fail.',
    needs: ['sidecar'],
    proves: ['m5.e5.a4', 'm5.e5.a10'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy-RetryBudget',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const costs = async (says: string, status: number, wanted: readonly number[]) => {
      const { stdout } = await customer.eventually(
        says,
        oneCall,
        ({ stdout: printed }) => printed.startsWith(`HTTP ${status} `) && countedIn(printed).join() === wanted.join(),
        { tell: (printed) => `${printed.split('\n')[0]}: ${countedIn(printed).join(', ')}` },
      );
      return { seconds: Number(/after ([\d.]+) s/.exec(stdout)?.[1]), row: countedIn(stdout).map(String) };
    };
    const tried = async (key: string) => {
      const { stdout } = await customer.run('curl', '--silent', `http://ledger/hits?key=${key}`);
      return hitsIn(stdout);
    };
    const refused = async () =>
      (await customer.proxyStats(`outbound|80||ledger.${namespace}.`))('upstream_rq_retry_overflow');
    const allFail = async (replies: readonly ParallelReply[]) =>
      lesson.check(
        `all ${crowd.calls} calls fail in the end`,
        Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`)),
        (seen) => seen['HTTP 503'] === crowd.calls && Object.keys(seen).length === 1,
      );
    const rows: string[][] = [];

    await lesson.step('Before: one call is one call at each hop, also when the last one fails', async () => {
      await costs('each hop is called once, and all are well', 200, [1, 1, 1]);
      await cluster.client('deployment/ledger').fault('status=503');
      const { row } = await costs('the ledger fails, and each hop is still called once', 502, [1, 1, 1]);
      rows.push(['no rule', ...row]);
    });

    await lesson.step('Three teams give their callers three retries each', async () => {
      await cluster.change('20-retries-at-each-hop.yaml');
    });

    await lesson.step('After: the same call is 64 calls at the last hop', async () => {
      const { seconds, row } = await costs(
        'the shop is called 4 times, the stock 16 times, the ledger 64 times',
        502,
        [4, 16, 64],
      );
      rows.push(['three retries at each hop', ...row]);
      await lesson.measure('m5.e5.a4', 'one call of the shop that costs 64 calls of the ledger', seconds, 'seconds');
    });

    await lesson.step('The first two teams remove their retries', async () => {
      await cluster.change('30-retries-at-the-last-hop.yaml');
      const { row } = await costs('the ledger is called 4 times', 502, [1, 1, 4]);
      rows.push(['three retries at the last hop', ...row]);
      lesson.table('What one call of the shop costs while the ledger fails', ['rule', ...hops], rows);
    });

    await lesson.step(`${crowd.calls} calls at the same moment: each is tried ${crowd.tries} times`, async () => {
      await allFail(await customer.inParallel(crowd.calls, crowd.calls, failing('crowd')));
      await lesson.check('the ledger has counted them', { tries: await tried('crowd') }, ({ tries }) => {
        return tries === crowd.calls * crowd.tries;
      });
    });

    await lesson.step('A budget: at most 20 % of active requests are retries; three are always allowed', async () => {
      await cluster.change('40-budget.yaml');
      await cluster.eventually(
        "the budget has reached the customer's proxy",
        clustersCommand('deployment/customer', 'ledger', namespace),
        (json) => {
          const { budgetPercent, minRetryConcurrency } = budgetIn(json) ?? {};
          return budgetPercent?.value === 20 && minRetryConcurrency === 3;
        },
        'istioctl',
      );
    });

    await lesson.step('After: the crowd costs fewer tries, and the proxy counts what it refused', async () => {
      const before = await refused();
      await allFail(await customer.inParallel(crowd.calls, crowd.calls, failing('budget')));
      const seen = { tries: await tried('budget'), refused: (await refused()) - before };
      await lesson.check(
        `the ledger has counted ${budgeted.least} to ${budgeted.most} tries, and retries were refused`,
        seen,
        ({ tries, refused: count }) => tries >= budgeted.least && tries <= budgeted.most && count > 0,
      );
      await lesson.measure('m5.e5.a10', `tries for ${crowd.calls} calls at once, with a budget`, seen.tries, 'tries');
    });

    await lesson.step(
      `But ${single} calls one after another cost ${crowd.tries} tries each: it is not a rate limit`,
      async () => {
        await customer.newConnections(single, failing('single'));
        await lesson.check('the ledger has counted them', { tries: await tried('single') }, ({ tries }) => {
          return tries === single * crowd.tries;
        });
      },
    );
  },
);

/** What each hop has counted, in their order. */
function countedIn(printed: string): number[] {
  return Array.from(printed.matchAll(/"hits":(\d+)/g), ([, counted]) => Number(counted));
}

/** What of a cluster is read here. https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/cluster/v3/circuit_breaker.proto */
interface Budget {
  readonly budgetPercent?: { readonly value?: number };
  readonly minRetryConcurrency?: number;
}

function budgetIn(json: string): Budget | undefined {
  const dump = JSON.parse(json) as readonly {
    circuitBreakers?: { thresholds?: readonly { retryBudget?: Budget }[] };
  }[];
  return dump[0]?.circuitBreakers?.thresholds?.[0]?.retryBudget;
}
