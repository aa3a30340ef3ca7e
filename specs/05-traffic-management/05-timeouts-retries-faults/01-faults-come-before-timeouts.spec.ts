import {
  abortedByFault,
  about,
  type Answer,
  answered,
  chanceOutside,
  exercise,
  failures,
  hitsToldBy,
  linesOfCall,
  onceIn,
  proxyLogCommand,
  type ProxyLogLine,
  readAccessLog,
  routesCommand,
  routesTo,
  serverLogCommand,
  tally,
  timedOutByProxy,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm5-e5';
const folder = 'fixtures/05-traffic-management/05-timeouts-retries-faults/01-faults-come-before-timeouts';
const backend = 'http://backend/';
/** Seconds: what the server or the fault takes, and what the owner's rule allows. */
const [slow, limit] = [3, 1];
const [few, many] = [50, 600];
/** A tenth of many calls, and what is near it. */
const [least, most] = [30, 92];
const luck = onceIn(chanceOutside(many, 0.1, least, most));
const service = `backend.${namespace}`;
const routes = routesCommand('deployment/customer', namespace);
const callersLog = proxyLogCommand('deployment/customer');
const serversLog = serverLogCommand('deployment/backend');
/** By it an application asks for another time limit, in milliseconds. */
const asksForTime = 'x-envoy-upstream-rq-timeout-ms';
/** One call, and by whose clock it took how long. */
const timed = [
  'curl',
  '--silent',
  '--output',
  '/dev/null',
  '--max-time',
  '10',
  '--write-out',
  '%{http_code} %{time_total}',
];

exercise(
  'VirtualService injects a fault before its own timeout and retries, which never see it',
  {
    persona: 'Marcus Chen',
    question: 'A dependency stalls. What do our customers see, and can we rehearse that with an injected fault?',
    proof: `The server counts every call by its key and says in its log when a caller has gone. An injected abort is answered with 503 and the server counts nothing, while a caller without a proxy gets its 200 from the same server at the same time: so the fault is in the proxy of the caller. A timeout of ${limit} second ends a call of a server that needs ${slow}, which before the rule was answered; a header that asks for more time, or for less, changes nothing and does not reach the server. The same ${slow} seconds as an injected delay, under the same timeout, end with 200: the delay passes first, and only then the timeout begins; a slow server under that rule is given up after ${slow} and ${limit} seconds. Of ${many} calls under an abort of 10 per cent ${least} to ${most} fail, which luck alone misses ${luck}, although the same rule heals a failure of the server by a second try, of which the server was told that it is the second; the server has counted exactly the calls that did not fail.`,
    takeaway:
      'A fault comes first in the proxy of the caller, timeout and retries come after it: to rehearse those, break the server or a hop behind it.',
    needs: ['sidecar'],
    proves: ['m5.e5.a1', 'm5.e5.a6', 'm5.e5.a7', 'm5.e5.a9'],
    errata: ['E505', 'E516'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/fault-injection/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const legacy = cluster.client('pod/legacy');
    const slowCall = (key: string) => `${backend}?delay=${slow}s&key=${key}`;
    const once = async (...args: readonly string[]) => {
      const [reply] = await customer.newConnections(1, '--max-time', '10', ...args);
      if (reply === undefined) throw new Error('One call was made');
      // What the server says of a call is long, and not what is judged here.
      return { status: reply.status, seconds: reply.seconds, said: reply.status === 200 ? '' : reply.body.trim() };
    };
    const hits = async (key: string, wanted: number) => {
      const told = await hitsToldBy(legacy, `${backend}hits?key=${key}`);
      await lesson.check(`the server has counted ${wanted} of them`, told, (counted) => counted === wanted);
    };
    const logged = async (says: string, key: string, holds: (line: ProxyLogLine) => boolean) =>
      cluster.eventually(`the log of the customer's proxy has ${says}`, callersLog, (log) =>
        linesOfCall(log, `key=${key}`).some(holds),
      );

    await lesson.step(
      `Before: the customer waits for a slow server, and is answered after ${slow} seconds`,
      async () => {
        await untilProxyKnows(cluster, namespace, 'deployment/customer', 'backend');
        await lesson.check('it is answered with 200', await once(slowCall('unhurried')), ({ status, seconds }) => {
          return status === 200 && seconds >= about(slow);
        });
      },
    );

    await lesson.step('A rule aborts each call', async () => {
      await cluster.change('20-abort.yaml');
    });

    await lesson.step('After: the customer gets an error, and the server is never asked', async () => {
      await customer.curl(backend).settlesOn(abortedByFault);
      await lesson.check('one more call ends so', await once(`${backend}?key=aborted`), ({ status, said }) => {
        return status === 503 && said === 'fault filter abort';
      });
      await hits('aborted', 0);
      await logged('the flag FI, a fault was injected', 'aborted', ({ status, flags, details }) => {
        return status === 503 && flags === 'FI' && details === 'fault_filter_abort';
      });
    });

    await lesson.step('And a caller without a proxy is answered by the same server', async () => {
      await legacy.curl(`${backend}?key=legacy`).settlesOn(answered(200, '"key":"legacy"'));
      await hits('legacy', 5);
      await customer.curl(backend).settlesOn(abortedByFault, { inARow: 1 });
    });

    await lesson.step(`Another rule allows each call ${limit} second`, async () => {
      await cluster.change('30-timeout.yaml');
      await customer.curl('--max-time', '10', slowCall('limited')).settlesOn(timedOutByProxy, { inARow: 1 });
    });

    await lesson.step('After: the call that was answered before is given up', async () => {
      await lesson.check(
        `it ends with 504 after ${limit} second, when the server had not answered yet`,
        await once(slowCall('given-up')),
        ({ status, seconds }) => status === 504 && seconds >= about(limit) && seconds < slow,
      );
      await logged('the flag UT, a timeout', 'given-up', ({ status, flags, details }) => {
        return status === 504 && flags === 'UT' && details === 'response_timeout';
      });
      await cluster.eventually('the server worked for a caller who had gone', serversLog, (log) =>
        readAccessLog(log).some(({ path, abandoned }) => abandoned && path.includes('key=given-up')),
      );
      await hits('given-up', 1);
    });

    await lesson.step('And a header by which the application asks for more or less time is ignored', async () => {
      // A sidecar takes calls of its own application for calls from outside, and removes what those may not ask for.
      const asksFor = (ms: number) => ['--header', `${asksForTime}: ${ms}`];
      await lesson.check(
        'with a header that asks for five seconds the slow call ends with 504 all the same',
        await once(...asksFor(5_000), slowCall('asks-for-more')),
        ({ status, seconds }) => status === 504 && seconds >= about(limit) && seconds < slow,
      );
      const withMarker = [...asksFor(100), '--header', 'x-marker: asks-for-less', `${backend}?delay=300ms`];
      const [less] = await customer.newConnections(1, ...withMarker);
      await lesson.check(
        'with one that asks for a tenth of a second a call of three tenths is answered',
        { status: less?.status, seconds: less?.seconds },
        ({ status, seconds = 0 }) => status === 200 && seconds >= about(0.3),
      );
      await lesson.check(
        `the server has not got the header ${asksForTime}, while another one of the same call has come`,
        (JSON.parse(less?.body ?? '{}') as Partial<Answer>).headers,
        (headers = {}) => headers['x-marker'] === 'asks-for-less' && !(asksForTime in headers),
      );
    });

    await lesson.step(`The same rule injects a delay of ${slow} seconds`, async () => {
      await cluster.change('40-delay-under-a-timeout.yaml');
    });

    await lesson.step('After: the timeout does not end the injected delay', async () => {
      await customer.eventually(
        `a call of a fast server takes ${slow} seconds and is answered, under a timeout of ${limit}`,
        [...timed, `${backend}?key=delayed`],
        ({ stdout }) => isOk(stdout, (seconds) => seconds >= about(slow)),
      );
      await logged('the flag DI, a delay was injected', 'delayed', ({ status, flags }) => {
        return status === 200 && flags === 'DI';
      });
      await cluster.eventually('the server itself needed less than a second for it', serversLog, (log) => {
        const calls = readAccessLog(log).filter(({ path }) => path === '/?key=delayed');
        return calls.length > 0 && calls.every(({ beganAt, endedAt }) => endedAt - beganAt < 1_000);
      });
      await lesson.check(
        `but a server that is slow itself is given up, ${limit} second after the delay`,
        await once(slowCall('both')),
        ({ status, seconds }) => status === 504 && seconds >= about(slow + limit) && seconds < slow + slow,
      );
    });

    await lesson.step('A rule aborts a tenth of the calls, and has three retries', async () => {
      await cluster.change('50-abort-of-a-tenth.yaml');
      await customer.eventually('calls are no longer delayed', [...timed, backend], ({ stdout }) =>
        isOk(stdout, (seconds) => seconds < slow),
      );
      await cluster.eventually(
        "the customer's proxy has one route, which aborts some calls and has three retries of 5xx",
        routes,
        (json) => {
          const [route, ...others] = routesTo(json, service);
          const { numRetries, retryOn } = route?.retryPolicy ?? {};
          return others.length === 0 && route?.abort !== undefined && numRetries === 3 && retryOn === '5xx';
        },
        'istioctl',
      );
      // The number of a try comes from the proxy: it is 2 only if the proxy has tried again, and not if we have.
      await customer
        .curl(`${backend}?failFirst=1&key=healed`)
        .settlesOn(answered(200, '"x-envoy-attempt-count":"2"'), { inARow: 1 });
    });

    await lesson.step('After: no abort is retried, and none reaches the server', async () => {
      const replies = await customer.oneConnection(many, `${backend}?key=tenth`);
      const { failed } = failures(replies);
      await lesson.check(
        `about a tenth of ${many} calls fails: ${least} to ${most} (a tenth misses that by chance ${luck})`,
        { failed },
        (seen) => seen.failed >= least && seen.failed <= most,
      );
      await lesson.check(
        'each of them by the fault',
        Object.fromEntries(
          tally(
            replies.filter(({ status }) => status !== 200),
            ({ status, body }) => `HTTP ${status}, ${body.trim()}`,
          ),
        ),
        (seen) => seen['HTTP 503, fault filter abort'] === failed && Object.keys(seen).length === 1,
      );
      await hits('tenth', many - failed);
    });

    await lesson.step('And an abort without a percentage is accepted, and stops no call', async () => {
      const file = `${folder}/60-abort-without-a-percentage.yaml`;
      const { stderr } = await cluster.kubectl('apply', '--dry-run=server', '-f', file);
      await lesson.check('the API server takes it without a warning', stderr, (text) => !text.includes('Warning'));
      await cluster.change('60-abort-without-a-percentage.yaml');
      await cluster.eventually(
        "the abort has reached the customer's proxy, with its status and no percentage",
        routes,
        (json) => {
          const abort = routesTo(json, service).find((route) => route.abort !== undefined)?.abort;
          return abort?.httpStatus === 503 && abort.percentage === undefined;
        },
        'istioctl',
      );
      const replies = await customer.newConnections(few, `${backend}?key=spared`);
      await lesson.check(
        `of ${few} calls none is aborted`,
        Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`)),
        (seen) => seen['HTTP 200'] === few && Object.keys(seen).length === 1,
      );
      await hits('spared', few);
    });
  },
);

/** True if a timed call was answered with 200, and took as long as is wanted. */
function isOk(printed: string, holds: (seconds: number) => boolean): boolean {
  const [status, seconds] = printed.trim().split(' ');
  return status === '200' && holds(Number(seconds));
}
