import {
  about,
  type Answer,
  answered,
  chanceOutside,
  exercise,
  failsWith,
  failures,
  hitsToldBy,
  linesOfCall,
  onceIn,
  proxyLogCommand,
  type ProxyLogLine,
  readAccessLog,
  type Reply,
  type RetryPolicy,
  routesCommand,
  routesTo,
  serverLogCommand,
  tellRetries,
  timedOutByProxy,
} from '../../../helpers/index.ts';

const namespace = 'm5-e5';
const backend = 'http://backend/';
const callersLog = proxyLogCommand('deployment/customer');
const serversLog = serverLogCommand('deployment/backend');
const service = `backend.${namespace}`;
const routes = routesCommand('deployment/customer', namespace);
/** What Istio retries where nobody says a reason: calls that failed before there was an answer. */
const defaultReasons = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';
/** A server that fails one call in ten. */
const unsteady = (key: string) => `${backend}?rate=0.1&status=503&key=${key}`;
const [few, many] = [500, 2_000];
/** A tenth of few calls, and what is near it. */
const [least, most] = [24, 80];
const fewLuck = onceIn(chanceOutside(few, 0.1, least, most));
/** Calls that may fail although each was tried four times. */
const lost = 4;
const lostLuck = onceIn(chanceOutside(many, 0.1 ** 4, 0, lost));
/** Tries that many calls may take: 1.111 a call, and five standard deviations. */
const tries = { least: 2_144, most: 2_300 };
const triesLuck = onceIn(
  chanceOutside(tries.most, 0.9, many, tries.most) + chanceOutside(tries.least, 0.9, 0, many - 1),
);
/** Forgets what was counted, and makes one call, of which the first try fails. */
const failsOnce = [
  'sh',
  '-c',
  `curl --silent --output /dev/null --request DELETE ${backend}hits; curl --silent '${backend}?failFirst=1&key=once'`,
];

exercise(
  'VirtualService retries what retryOn names, while there is time',
  {
    persona: 'Marcus Chen',
    question: 'Do three attempts in our rule make our calls safer, and what do they cost the server?',
    proof: `The server counts each try by its key, so the price of a call is a number and not an opinion. With a reason, retryOn: 5xx, a call whose first try fails is answered after two tries, and one that always fails costs exactly four. Without a reason the same calls cost one try each, with three attempts allowed as the proxy's own routes say; and a time limit for each try makes a call fail that was answered before the rule. Ten retries under a timeout of a second come to four tries at most, and the server says in its log that it worked each time for a caller who had gone. Of ${many} calls of a server that fails a tenth at most ${lost} fail, more by chance ${lostLuck}, and they cost ${tries.least} to ${tries.most} tries, which luck alone misses ${triesLuck}. The same server loses ${least} to ${most} of ${few} calls without retries, by chance otherwise ${fewLuck}.`,
    takeaway:
      'Attempts are only a number: write retryOn, give each try a time that fits the server, and leave out the calls that must not happen twice.',
    needs: ['sidecar'],
    proves: ['m5.e5.a2', 'm5.e5.a3', 'm5.e5.a5', 'm5.e5.a8'],
    errata: ['E503', 'E504'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const legacy = cluster.client('pod/legacy');
    const once = async (query: string, ...args: readonly string[]) => {
      const [reply] = await customer.newConnections(1, '--max-time', '10', ...args, `${backend}?${query}`);
      if (reply === undefined) throw new Error('One call was made');
      return { status: reply.status, seconds: reply.seconds };
    };
    const tried = async (key: string) => hitsToldBy(legacy, `${backend}hits?key=${key}`);
    const hits = async (key: string, wanted: number) =>
      lesson.check(
        `the server was asked ${wanted === 1 ? 'once' : `${wanted} times`}`,
        await tried(key),
        (counted) => counted === wanted,
      );
    const logged = async (says: string, key: string, holds: (line: ProxyLogLine) => boolean) =>
      cluster.eventually(`the log of the customer's proxy has ${says}`, callersLog, (log) =>
        linesOfCall(log, `key=${key}`).some(holds),
      );
    const policyIs = async (says: string, holds: (policies: readonly RetryPolicy[]) => boolean) =>
      cluster.eventually(
        says,
        routes,
        (json) => holds(routesTo(json, service).flatMap(({ retryPolicy }) => retryPolicy ?? [])),
        'istioctl',
      );
    const aboutATenth = async (what: string, replies: readonly Reply[]) =>
      lesson.check(
        `${what}: ${least} to ${most} of ${few} calls fail (a tenth misses that by chance ${fewLuck})`,
        failures(replies),
        ({ calls, failed }) => calls === few && failed >= least && failed <= most,
      );

    await lesson.step('Before: an error reaches the customer after one try, and time is not limited', async () => {
      await customer
        .curl(`${backend}?failFirst=1&key=before`)
        .settlesOn(failsWith(503, '"key":"before"'), { inARow: 1 });
      await hits('before', 1);
      await lesson.check(
        'a call that takes three seconds is answered',
        await once('delay=3s'),
        ({ status, seconds }) => status === 200 && seconds >= about(3),
      );
      await aboutATenth('a server that fails a tenth is felt', await customer.oneConnection(few, unsteady('bare')));
    });

    await lesson.step('A rule has three retries, a second for each try, and a reason: retryOn 5xx', async () => {
      await cluster.change('20-with-a-reason.yaml');
    });

    await lesson.step('After: a first failure is healed by a second try', async () => {
      await customer.eventually(
        'the call is answered, the server counts two tries and was told that it is the second',
        failsOnce,
        ({ stdout }) => {
          const { hits: counted, fault, headers } = JSON.parse(stdout) as Answer;
          return fault === undefined && counted === 2 && headers['x-envoy-attempt-count'] === '2';
        },
      );
    });

    await lesson.step('And what stays broken costs four tries, whether it fails or is too slow', async () => {
      await lesson.check('the error reaches the customer', await once('status=503&key=broken'), ({ status }) => {
        return status === 503;
      });
      await hits('broken', 4);
      await logged('the flag URX, no retries left', 'broken', ({ status, flags }) => {
        return status === 503 && flags.split(',').includes('URX');
      });
      await lesson.check(
        'of a server that needs two seconds each time it hears 504 after four seconds',
        await once('delay=2s&key=slow'),
        ({ status, seconds }) => status === 504 && seconds >= about(4),
      );
      await hits('slow', 4);
    });

    await lesson.step(`A server that fails a tenth is no longer felt, for a tenth more work`, async () => {
      const { failed } = failures(await customer.oneConnection(many, unsteady('steady')));
      const cost = await tried('steady');
      await lesson.check(
        `of ${many} calls at most ${lost} fail (more do by chance ${lostLuck})`,
        { failed },
        (seen) => seen.failed <= lost,
      );
      await lesson.check(
        `and the server has counted ${tries.least} to ${tries.most} tries (by chance otherwise ${triesLuck})`,
        { cost },
        (seen) => seen.cost >= tries.least && seen.cost <= tries.most,
      );
      await lesson.measure('m5.e5.a8', `tries for ${many} calls of a server that fails a tenth`, cost, 'tries');
    });

    await lesson.step('The rule loses its reason, and keeps three attempts', async () => {
      await cluster.change('30-attempts-alone.yaml');
      await policyIs(
        "the customer's proxy has three retries, for calls that failed before an answer",
        ([policy, ...others]) =>
          others.length === 0 &&
          policy?.numRetries === 3 &&
          policy.retryOn === defaultReasons &&
          // A list of statuses would stand here; without one the last word above means none.
          policy.retriableStatusCodes === undefined &&
          policy.perTryTimeout === undefined,
      );
    });

    await lesson.step('After: the same first failure is not retried', async () => {
      await customer.curl(`${backend}?failFirst=1&key=alone`).settlesOn(failsWith(503, '"key":"alone"'), { inARow: 1 });
      await hits('alone', 1);
    });

    await lesson.step('It gets two seconds for each try, still without a reason', async () => {
      await cluster.change('40-time-without-a-reason.yaml');
      await policyIs(
        "the customer's proxy has three retries of two seconds, for calls that failed before an answer",
        ([policy, ...others]) =>
          others.length === 0 &&
          policy?.numRetries === 3 &&
          policy.retryOn === defaultReasons &&
          policy.retriableStatusCodes === undefined &&
          policy.perTryTimeout === '2s',
      );
      await customer
        .curl('--max-time', '10', `${backend}?delay=3s&key=arrives`)
        .settlesOn(timedOutByProxy, { inARow: 1 });
    });

    await lesson.step('After: the slow call fails that was answered before; it and a 503 are tried once', async () => {
      await lesson.check(
        'a first failure reaches the customer',
        await once('failFirst=1&key=unhealed'),
        ({ status }) => status === 503,
      );
      await hits('unhealed', 1);
      await lesson.check(
        'the call that was answered after three seconds ends with 504 after two',
        await once('delay=3s&key=cut'),
        ({ status, seconds }) => status === 504 && seconds >= about(2) && seconds < 3,
      );
      await hits('cut', 1);
      await logged('the flag UT, and that it was the time of a try', 'cut', ({ status, flags, details }) => {
        return status === 504 && flags === 'UT' && details === 'upstream_per_try_timeout';
      });
    });

    await lesson.step('A rule has ten retries of 300 milliseconds, and a second in all', async () => {
      await cluster.change('50-more-tries-than-time.yaml');
      await policyIs(
        "the customer's proxy has ten retries",
        ([policy, ...others]) => others.length === 0 && policy?.numRetries === 10 && policy.perTryTimeout === '0.300s',
      );
    });

    await lesson.step('After: a second is enough for four tries at most', async () => {
      await lesson.check(
        'a slow call ends with 504 after a second',
        await once('delay=3s&key=hasty'),
        ({ status, seconds }) => status === 504 && seconds >= about(1) && seconds < 3,
      );
      const asked = await tried('hasty');
      await lesson.check(
        'the server was asked two to four times of the eleven that the rule allows',
        { asked },
        (seen) => seen.asked >= 2 && seen.asked <= 4,
      );
      await cluster.eventually('and worked each time for a caller who had gone', serversLog, (log) => {
        const calls = readAccessLog(log).filter(({ path }) => path.startsWith('/?') && path.includes('key=hasty'));
        return calls.length === asked && calls.every(({ abandoned }) => abandoned);
      });
    });

    await lesson.step('A rule leaves orders out: POST has no retries, the rest has three', async () => {
      await cluster.change('60-orders-once.yaml');
      await cluster.eventually(
        "the customer's proxy has a route without retries, and then one with three of 5xx",
        routes,
        (json) =>
          tellRetries(json, service) === '0,3' && routesTo(json, service).at(-1)?.retryPolicy?.retryOn === '5xx',
        'istioctl',
      );
    });

    await lesson.step('After: an order is tried once, whatever comes of it', async () => {
      const replies = await customer.oneConnection(few, '--request', 'POST', unsteady('order'));
      await aboutATenth('orders fail as they did', replies);
      await hits('order', few);
    });

    await lesson.step('And reading is healed as before', async () => {
      // The number of a try comes from the proxy: it is 2 only if the proxy has tried again, and not if we have.
      await customer
        .curl(`${backend}?failFirst=1&key=reading`)
        .settlesOn(answered(200, '"x-envoy-attempt-count":"2"'), { inARow: 1 });
    });
  },
);
