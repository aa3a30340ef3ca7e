import {
  abortedByFault,
  answered,
  CountedCalls,
  countedSince,
  type Ending,
  exercise,
  hitsToldBy,
  is5xx,
  ProxyLines,
  readAccessLog,
  type RequestCount,
  tally,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm6-e5-flags';
const backend = 'http://backend';
const serversLog = ['logs', 'deployment/backend', '--container', 'server', '--tail=-1'];
/** Seconds: what the server takes where it is slow, and what the rule allows. */
const [slow, limit] = [3, 1];
/** A timer may fire a little early by another clock. */
const about = (seconds: number) => seconds - 0.05;
/** Callers that wait two seconds for a server that takes six, all at once. */
const impatient = { calls: 20, waits: '2', takes: '6s' };
const ends = (status: number, flags: readonly string[], details: string): Ending => ({ status, flags, details });
const served = ends(200, [], 'via_upstream');
const callerGone = ends(0, ['DC'], 'downstream_remote_disconnect');

exercise(
  'VirtualService rules leave five flags, and an impatient caller leaves code 0',
  {
    persona: 'Lisa Andersson',
    question: 'Our own rules end calls too, and callers give up. How do I tell these from a fault of the service?',
    proof: `Each path has one rule, and before the rules the application answered at each of them. A call with a mark of its own is then made to each path, and the line with that mark in the log of the caller's proxy has another flag each time: a timeout, an injected abort, an injected delay, retries that are used up, a path without a route. The log of the called proxy has no line of the call that was aborted and of the one without a route, though it has one of a later call. A caller that gives up leaves code 0 and the flag DC in both logs, and the application has noted that it had gone. ${impatient.calls} such callers at once add nothing to the errors of status 500 and above at either side, and ${impatient.calls} to code 0 with DC at both. A path without any special rule is answered meanwhile.`,
    takeaway:
      'A flag tells which rule has ended a call. A caller that gives up is no 5xx, so an alert on 5xx does not see it.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m6.e5.a2', 'm6.e5.a5'],
    errata: ['E611'],
    readMore: 'https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('deployment/caller');
    const legacy = cluster.client('pod/legacy');
    const callersLog = new ProxyLines(cluster, 'deployment/caller', 'rule');
    const backendsLog = new ProxyLines(cluster, 'deployment/backend', 'rule');
    const counters = new CountedCalls(cluster, {
      namespace,
      caller: 'caller',
      client: caller,
      called: 'backend',
      url: `${backend}/plain`,
    });
    const once = async (path: string, ...args: readonly string[]) => {
      const [reply] = await caller.newConnections(1, ...args, `${backend}${path}`);
      if (reply === undefined) throw new Error('One call was made');
      const { status, seconds, curlExit, body } = reply;
      // What the server says of a call is long; that it is the server's own is told by the pod's name.
      return { status, seconds, curlExit, body: body.includes('"pod":"backend-') ? 'of the backend' : body.trim() };
    };
    const hits = async (key: string, wanted: number) => {
      await lesson.check(
        `the server has counted ${wanted === 1 ? 'one try' : `${wanted} tries`}`,
        await hitsToldBy(legacy, `${backend}/hits?key=${key}`),
        (counted) => counted === wanted,
      );
    };

    await lesson.step('Before: the application answers at each path, with no rule in between', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/caller', 'backend');
      const before = {
        timeout: await once(`/timeout?delay=${slow}s&rule=timeout-before`),
        abort: await once('/abort?rule=abort-before'),
        late: await once('/late?rule=late-before'),
        again: await once('/again?status=503&key=before&rule=again-before'),
        elsewhere: await once('/elsewhere?rule=elsewhere-before'),
      };
      await lesson.check(
        'each answer is of the backend, the slow one too, and the failing one is a 503',
        before,
        (seen) =>
          Object.values(seen).every(({ body }) => body === 'of the backend') &&
          Object.values(seen)
            .map(({ status }) => status)
            .join() === '200,200,200,503,200' &&
          seen.timeout.seconds >= about(slow),
      );
      await hits('before', 1);
    });

    await lesson.step('A rule for each path: timeout, abort, delay, retries, none; and no other path', async () => {
      await cluster.change('20-rules.yaml');
      await caller.curl(`${backend}/abort?rule=settles`).settlesOn(abortedByFault);
    });

    await lesson.step('After: a timeout is UT, and the called proxy saw its caller go', async () => {
      const seen = await once(`/timeout?delay=${slow}s&rule=timeout`);
      await lesson.check(
        `the answer is 504 after ${limit} second, when the server had not answered yet`,
        seen,
        ({ status, seconds, body }) =>
          status === 504 && body === 'upstream request timeout' && seconds >= about(limit) && seconds < slow,
      );
      await callersLog.tellsOf('timeout', ends(504, ['UT'], 'response_timeout'));
      await backendsLog.tellsOf('timeout', callerGone);
    });

    await lesson.step('An injected abort is FI, a path without a route NR; the backend hears of neither', async () => {
      await lesson.check('the abort is a 503 that says so', await once('/abort?rule=abort'), ({ status, body }) => {
        return status === 503 && body === 'fault filter abort';
      });
      await callersLog.tellsOf('abort', ends(503, ['FI'], 'fault_filter_abort'));
      await lesson.check('no route is a 404 without a text', await once('/elsewhere?rule=elsewhere'), (seen) => {
        return seen.status === 404 && seen.body === '';
      });
      await callersLog.tellsOf('elsewhere', ends(404, ['NR'], 'route_not_found'));
      await caller.curl(`${backend}/plain?rule=plain`).settlesOn(answered(200, '"pod":"backend-'), { inARow: 1 });
      await backendsLog.tellsNothingOf('abort', 'plain');
      await backendsLog.tellsNothingOf('elsewhere', 'plain');
    });

    await lesson.step('An injected delay is DI, although the call is answered', async () => {
      await lesson.check(
        'the answer is 200, half a second later',
        await once('/late?rule=late'),
        ({ status, seconds, body }) => status === 200 && body === 'of the backend' && seconds >= about(0.5),
      );
      await callersLog.tellsOf('late', ends(200, ['DI'], 'via_upstream'));
      await backendsLog.tellsOf('late', served);
    });

    await lesson.step("Retries that are used up are URX, and the answer is the application's own", async () => {
      await lesson.check('it is a 503 of the backend', await once('/again?status=503&key=again&rule=again'), (seen) => {
        return seen.status === 503 && seen.body === 'of the backend';
      });
      await callersLog.tellsOf('again', ends(503, ['URX'], 'via_upstream'));
      await backendsLog.countsOf('again', [[3, ends(503, [], 'via_upstream')]]);
      await hits('again', 3);
    });

    await lesson.step('A caller that gives up is code 0 and DC, in both logs', async () => {
      const seen = await once(`/plain?delay=${slow}s&rule=gone`, '--max-time', String(limit));
      await lesson.check('curl gave up and got no answer', seen, ({ status, curlExit }) => {
        return status === 0 && curlExit === 28;
      });
      await callersLog.tellsOf('gone', callerGone);
      await backendsLog.tellsOf('gone', callerGone);
      await cluster.eventually('the application has noted that its caller had gone', serversLog, (log) =>
        readAccessLog(log).some(({ path, abandoned }) => abandoned && path.includes('rule=gone')),
      );
    });

    await lesson.step(`${impatient.calls} impatient callers add nothing to the errors that alerts count`, async () => {
      const isGone = ({ code, flags }: RequestCount) => code === '0' && flags === 'DC';
      const before = await counters.upToNow();
      const more = (now: readonly RequestCount[], side: string, holds: (count: RequestCount) => boolean) => {
        return countedSince(before, now, (count) => count.reporter === side && holds(count));
      };
      const said = await caller.run(
        'curl',
        '--silent',
        '--parallel',
        '--parallel-immediate',
        '--max-time',
        impatient.waits,
        '--output',
        '/dev/null',
        '--write-out',
        String.raw`curl %{exitcode}, HTTP %{http_code}\n`,
        `${backend}/plain?delay=${impatient.takes}&rule=impatient&n=[1-${impatient.calls}]`,
      );
      await lesson.check(
        'each of them gave up and got no answer',
        Object.fromEntries(tally(said.stdout.trim().split('\n'), (line) => line)),
        (ways) => ways['curl 28, HTTP 000'] === impatient.calls && Object.keys(ways).length === 1,
      );
      const sides = ['source', 'destination'];
      const after = await counters.upToNow('and each caller that has gone', (now) =>
        sides.every((side) => more(now, side, isGone) >= impatient.calls),
      );
      await lesson.check(
        `both sides have ${impatient.calls} calls more with code 0 and DC, and not one more of 500 and above`,
        Object.fromEntries(
          sides.flatMap((side) => [
            [`${side}, code 0, DC`, more(after, side, isGone)],
            [`${side}, 5xx`, more(after, side, is5xx)],
          ]),
        ),
        (seen) => Object.values(seen).join() === `${impatient.calls},0,${impatient.calls},0`,
      );
    });
  },
);
