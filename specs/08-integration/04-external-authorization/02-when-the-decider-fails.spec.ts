import {
  answered,
  askedMeanwhile,
  type Ending,
  exercise,
  type ExtAuthzCounters,
  forbidden,
  type Outcome,
  ProxyLines,
  readAccessLog,
  readEndpoints,
  refusedByDecider,
  refusedByProvider,
  type Reply,
  serverLogCommand,
  tally,
} from '../../../helpers/index.ts';

const shop = 'm8-e4-shop';
const fails = 'm8-e4-fails';
const setup = 'fixtures/08-integration/04-external-authorization/02-when-the-decider-fails/10-setup.yaml';
const claims = 'http://backend/claims';
const payments = 'http://backend/payments';
const open = 'http://backend/open';
const fromBackend = answered(200, '"pod":"backend-');
/** Calls of one kind in a line of the table, and how many where each has to wait. */
const [calls, slowCalls] = [5, 2];
/** Seconds that a proxy waits for the decider where that is said, and that the decider takes when it is slow. */
const [limit, slow] = [1, 5];
/** Seconds that Istio says where nobody else does. */
const unlimited = '600s';

/** An ending whose reason is known to the letter. */
type Told = Ending & { readonly details: string };
const ends = (status: number, flags: readonly string[], details: string): Told => ({ status, flags, details });
const passed = ends(200, [], 'via_upstream');
const saidNo = ends(401, ['UAEX'], 'ext_authz_denied');
const noDecision = ends(403, ['UAEX'], 'ext_authz_error');
const unusable = (provider: string, policy: string) =>
  ends(
    403,
    [],
    `rbac_access_denied_matched_policy[istio-ext-authz-${provider}-ns[${shop}]-policy[${policy}]-rule[0]-deny-due-to-bad-CUSTOM-action]`,
  );
const nothing: ExtAuthzCounters = { ok: 0, denied: 0, failed: 0, letThrough: 0, notAsked: 0 };

const keysLog = [...serverLogCommand('deployment/keys'), '--namespace', fails];
/** Questions of proxies to the decider, whose path begins with what the provider puts before it. */
const questions = (text: string, mark: string) =>
  readAccessLog(text).filter(({ path }) => path === `/check/claims?call=${mark}`);
const listener = ['proxy-config', 'listeners', `deployment/backend.${shop}`, '--port', '15006', '--output', 'json'];
const deciderEndpoints = [
  'proxy-config',
  'endpoints',
  `deployment/backend.${shop}`,
  '--cluster',
  `outbound|80||keys.${fails}.svc.cluster.local`,
  '--output',
  'json',
];
/** How long a proxy waits for a decider, wherever it has one in what it was told. */
const waitsIn = (json: string) =>
  [
    ...new Set(
      Array.from(json.matchAll(/"serverUri":\s*\{[^}]*?"timeout":\s*"([^"]+)"/g), ([, timeout = '']) => timeout),
    ),
  ].join();
/** Behind it come the seconds that curl may take, and the URL; prints status and seconds in the last line. */
const timed = [
  'curl',
  '--silent',
  '--show-error',
  '--output',
  '/dev/null',
  '--write-out',
  '%{http_code} %{time_total}',
  '--max-time',
];
const readTimed = (printed: string) => {
  const [status, seconds] = (printed.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { status: status ?? Number.NaN, seconds: seconds ?? Number.NaN };
};
const inMs = (seconds: number) => `${Math.round(seconds * 1000)} ms`;
const statuses = (replies: readonly Reply[]) => Object.fromEntries(tally(replies, ({ status }) => `HTTP ${status}`));

/** One line of the table. */
interface Row {
  /** What the decider does, and what is said for the case that it fails. */
  readonly state: string;
  /** Mark of its calls. */
  readonly mark: string;
  readonly outcome: Outcome;
  readonly ending: Told;
  /** What the called proxy counts of a call, besides those that it asks nobody about. */
  readonly counts: Partial<ExtAuthzCounters>;
  readonly times?: number;
}

exercise(
  'AuthorizationPolicy refuses calls while its decider fails, unless it is told otherwise',
  {
    persona: 'Ahmed Hassan',
    question:
      'A decider is one more system that can be down. What happens to our calls when it says nothing, and which of that is our choice?',
    proof: `The same call is made in each state of the decider, beside one to a path that no policy matches, which is answered in all of them. A yes and a no of the decider reach the caller as they are, the no with the decider's own status and text. An error of the decider, a decider that is scaled to nothing, and one that takes ${slow} s where the limit is ${limit} s end alike: 403 without a body, and the proxy's log and counters call it an error and no denial. The proxy was told that limit. With the decider that is away the quickest call ends before the limit; with the slow one none does. With the setting failOpen the call passes while the decider is away, and a no of it is still a no. Without a limit the proxy was told ${unlimited}: a caller that waits up to 20 s is answered after the ${slow} s, and one that waits 3 s gives up with nothing. Three states are not about what the decider says. Its Service is deleted while its pod runs, or two policies name two providers: then the proxy refuses by a rule of its own, whose name has the provider in it, also for the one with failOpen, and each time one step back is enough for the decider to decide again. Where the called proxy may not know the decider's namespace, each call that the policy matches ends as in an outage, refused or with failOpen let through, until that namespace is named.`,
    takeaway:
      'A decider that is asked and does not answer means no, unless you chose failOpen; a second provider at one workload means no even then. Without a limit of yours the proxy is told to wait ten minutes.',
    needs: ['k8s', 'sidecar', 'providers'],
    proves: ['m8.e4.a4', 'm8.e4.a5', 'm8.e4.a6', 'm8.e4.a8', 'm8.e4.a9'],
    errata: ['E807', 'E808'],
    readMore:
      'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-EnvoyExternalAuthorizationHttpProvider',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const keys = cluster.client('deployment/keys', fails);
    const log = new ProxyLines(cluster, 'deployment/backend', 'call');
    const table: string[][] = [];
    const scale = async (replicas: number) => {
      await cluster.kubectl('scale', 'deployment/keys', `--replicas=${replicas}`, '--namespace', fails);
      const here = ['--namespace', fails, '--timeout=60s'];
      if (replicas === 0) await cluster.kubectl('wait', 'pod', '--selector=app=keys', '--for=delete', ...here);
      else await cluster.kubectl('rollout', 'status', 'deployment/keys', ...here);
      await cluster.eventually(
        `the backend's proxy has ${replicas === 0 ? 'no' : 'one'} pod of the decider`,
        deciderEndpoints,
        (dump) => readEndpoints(dump).filter(({ isReady }) => isReady).length === replicas,
        'istioctl',
      );
    };

    /** Makes the calls of a line until they end as they are to, then so many that are counted, and sees what log and counters say. */
    const row = async ({ state, mark, outcome, ending, counts, times = calls }: Row): Promise<Reply[]> => {
      await frontend.curl(claims).settlesOn(outcome, times === calls ? {} : { inARow: 1 });
      const matched: Reply[] = [];
      const others: Reply[] = [];
      const counted = await askedMeanwhile(cluster, 'deployment/backend', async () => {
        matched.push(...(await frontend.newConnections(times, `${claims}?call=${mark}`)));
        others.push(...(await frontend.newConnections(times, `${open}?call=${mark}-open`)));
      });
      const wanted = { ...nothing, ...counts, notAsked: times };
      await lesson.check(
        `${times} calls end with HTTP ${ending.status}, and ${times} to a path that no policy matches with 200; the proxy has counted so many of each`,
        { claims: statuses(matched), open: statuses(others), counted },
        (seen) =>
          JSON.stringify(seen.claims) === JSON.stringify({ [`HTTP ${ending.status}`]: times }) &&
          JSON.stringify(seen.open) === JSON.stringify({ 'HTTP 200': times }) &&
          JSON.stringify(seen.counted) === JSON.stringify(wanted),
      );
      await log.countsOf(mark, [[times, ending]]);
      const quickest = Math.min(...matched.map(({ seconds }) => seconds));
      table.push([state, `HTTP ${ending.status}`, ending.details, inMs(quickest), 'HTTP 200']);
      return matched;
    };
    /** The same where the proxy refuses by a rule of its own, and asks nobody. */
    const refusedByRule = async (state: string, mark: string, refused: readonly (readonly [string, Told])[]) => {
      for (const [url] of refused) await frontend.curl(url).settlesOn(forbidden);
      await frontend.curl(open).settlesOn(fromBackend);
      for (const [index, [url, ending]] of refused.entries()) {
        const replies = await frontend.newConnections(calls, `${url}?call=${mark}-${index}`);
        await log.countsOf(`${mark}-${index}`, [[calls, ending]]);
        const quickest = Math.min(...replies.map(({ seconds }) => seconds));
        const where = refused.length === 1 ? state : `${state}: ${new URL(url).pathname}`;
        table.push([where, `HTTP ${ending.status}`, ending.details, inMs(quickest), 'HTTP 200']);
      }
    };

    await lesson.step('Before: the decider would say no, and nobody asks it', async () => {
      await keys.fault('status=401');
      for (const url of [claims, payments, open]) await frontend.curl(`${url}?call=before`).settlesOn(fromBackend);
      // A question by hand shows that the decider answers so, and that its log would have one of a proxy.
      await frontend
        .curl(`http://keys.${fails}/check/claims?call=by-hand`)
        .settlesOn(answered(401, '"pod":"keys-'), { inARow: 1 });
      await cluster.eventually(
        'the log of the decider has a question that was asked by hand, and none about these calls',
        keysLog,
        (text) => questions(text, 'by-hand').length > 0 && questions(text, 'before').length === 0,
      );
    });

    await lesson.step('A policy asks it about the claims, with a limit of one second', async () => {
      await cluster.change('20-ask-keys.yaml');
    });

    await lesson.step('A no is a no: the caller gets status and text of the decider', async () => {
      await row({
        state: 'says no',
        mark: 'no',
        outcome: refusedByDecider(401, '"pod":"keys-'),
        ending: saidNo,
        counts: { denied: calls },
      });
    });

    await lesson.step('A yes is a yes: the backend answers, after one question for each call', async () => {
      await keys.fault('none');
      await row({ state: 'says yes', mark: 'yes', outcome: fromBackend, ending: passed, counts: { ok: calls } });
      await cluster.eventually(
        `the log of the decider has ${calls} questions about these calls`,
        keysLog,
        (text) => questions(text, 'yes').filter(({ status }) => status === 200).length === calls,
      );
    });

    await lesson.step('An error of the decider is no decision: refused without a body', async () => {
      await keys.fault('status=503');
      await row({
        state: 'answers 503',
        mark: 'error',
        outcome: refusedByProvider,
        ending: noDecision,
        counts: { failed: calls },
      });
    });

    await lesson.step('A decider that is slow: refused when the limit is over', async () => {
      await cluster.eventually(
        `the backend's proxy was told to wait up to ${limit}s, and of no other limit`,
        listener,
        (json) => waitsIn(json) === `${limit}s`,
        'istioctl',
        { tell: (json) => `timeout: ${waitsIn(json)}` },
      );
      await keys.fault(`delay=${slow}s`);
      const replies = await row({
        state: `takes ${slow} s`,
        mark: 'slow',
        outcome: refusedByProvider,
        ending: noDecision,
        counts: { failed: slowCalls },
        times: slowCalls,
      });
      await lesson.check(
        `each took at least ${limit} s, and ended before the ${slow} s of the decider were over`,
        replies.map(({ seconds }) => seconds),
        (seconds) => seconds.length === slowCalls && seconds.every((took) => took >= limit * 0.95 && took < slow),
      );
    });

    await lesson.step('A decider that is not there: refused as well, without waiting for the limit', async () => {
      await scale(0);
      const replies = await row({
        state: 'is scaled to 0',
        mark: 'gone',
        outcome: refusedByProvider,
        ending: noDecision,
        counts: { failed: calls },
      });
      await lesson.check(
        `the quickest of the ${calls} ended within the limit`,
        Math.min(...replies.map(({ seconds }) => seconds)),
        (seconds) => seconds < limit * 0.95,
      );
    });

    await lesson.step('The same decider with the setting failOpen', async () => {
      await cluster.change('30-ask-keys-fail-open.yaml');
    });

    await lesson.step('After: it is still away, and the calls pass', async () => {
      await row({
        state: 'is scaled to 0, failOpen',
        mark: 'open',
        outcome: fromBackend,
        ending: passed,
        counts: { failed: calls, letThrough: calls },
      });
    });

    await lesson.step('But where it says no, failOpen lets nobody in', async () => {
      await scale(1);
      await keys.fault('status=401');
      await row({
        state: 'says no, failOpen',
        mark: 'still-no',
        outcome: refusedByDecider(401, '"pod":"keys-'),
        ending: saidNo,
        counts: { denied: calls },
      });
    });

    await lesson.step('Without the policy nobody asks, and what the decider says is all the same', async () => {
      await cluster.revert('30-ask-keys-fail-open.yaml');
      await frontend.curl(claims).settlesOn(fromBackend);
    });

    await lesson.step('A policy asks the same decider, and nobody has said how long to wait', async () => {
      await cluster.change('40-ask-keys-without-limit.yaml');
      await frontend.curl(claims).settlesOn(refusedByDecider(401, '"pod":"keys-'));
      await cluster.eventually(
        `the backend's proxy was told to wait up to ${unlimited}, and of no other limit`,
        listener,
        (json) => waitsIn(json) === unlimited,
        'istioctl',
        { tell: (json) => `timeout: ${waitsIn(json)}` },
      );
      await keys.fault(`delay=${slow}s`);
    });

    await lesson.step('After: a caller waits as long as the decider takes, or gives up by itself', async () => {
      const patient = readTimed((await frontend.run(...timed, '20', `${claims}?call=patient`)).stdout);
      await lesson.check(
        `a caller that waits up to 20 s is answered by the backend, after the ${slow} s of the decider`,
        patient,
        ({ status, seconds }) => status === 200 && seconds >= slow * 0.95,
      );
      await log.tellsOf('patient', passed);
      const { exitCode, stderr, stdout } = await frontend.run(...timed, '3', `${claims}?call=impatient`);
      await lesson.check(
        'a caller that waits 3 s gives up (curl 28), without an answer',
        `${stdout.trim()} ${exitCode === 0 ? '' : stderr.trim()}`,
        (text) => text.includes('exit code 28') && readTimed(stdout).status === 0 && readTimed(stdout).seconds >= 2.9,
      );
      await frontend.curl(open).settlesOn(fromBackend);
      await cluster.eventually(
        'the log of the decider has both questions, and of the second that nobody waited for the answer any more',
        keysLog,
        (text) => {
          const waitedFor = (mark: string) => questions(text, mark).map(({ abandoned }) => !abandoned);
          return waitedFor('patient').includes(true) && waitedFor('impatient').join() === 'false';
        },
      );
      table.push([
        `takes ${slow} s, no limit`,
        'none within 3 s',
        '',
        `${inMs(patient.seconds)} until the backend answers`,
        'HTTP 200',
      ]);
    });

    await lesson.step('The Service of the decider is deleted, and its pod runs on', async () => {
      await keys.fault('none');
      await cluster.change('20-ask-keys.yaml');
      await row({
        state: 'says yes again',
        mark: 'again',
        outcome: fromBackend,
        ending: passed,
        counts: { ok: calls },
      });
      await cluster.kubectl('delete', 'service', 'keys', '--namespace', fails);
      await refusedByRule('its Service is deleted', 'unknown', [[claims, unusable('keys', 'ask-keys')]]);
      await lesson.check(
        'its pod is Ready meanwhile',
        (
          await cluster.kubectl(
            'get',
            'deployment',
            'keys',
            '--namespace',
            fails,
            '-o',
            'jsonpath={.status.readyReplicas}',
          )
        ).stdout,
        (ready) => ready === '1',
      );
    });

    await lesson.step('The Service is back, and the decider decides again', async () => {
      await cluster.attempt('kubectl', 'apply', '-f', setup);
      await row({
        state: 'its Service is back',
        mark: 'back',
        outcome: fromBackend,
        ending: passed,
        counts: { ok: calls },
      });
    });

    await lesson.step('A second policy names another provider for the payments', async () => {
      await frontend.curl(payments).settlesOn(fromBackend);
      await cluster.change('50-ask-another.yaml');
    });

    await lesson.step('After: both are refused, since one workload may have one provider', async () => {
      await refusedByRule('two providers', 'two', [
        [claims, unusable('keys', 'ask-keys')],
        [payments, unusable('keys-open', 'ask-another')],
      ]);
    });

    await lesson.step('And without the second policy the first one works again', async () => {
      await cluster.revert('50-ask-another.yaml');
      await frontend.curl(payments).settlesOn(fromBackend);
      await row({
        state: 'one provider again',
        mark: 'one',
        outcome: fromBackend,
        ending: passed,
        counts: { ok: calls },
      });
    });

    await lesson.step("The backend's proxy may know the Services of its own namespace only", async () => {
      await cluster.change('60-own-namespace-only.yaml');
      await cluster.eventually(
        'it has a cluster of the backend, and none of the decider',
        ['proxy-config', 'clusters', `deployment/backend.${shop}`, '--output', 'json'],
        (json) => json.includes(`backend.${shop}.svc`) && !json.includes(`keys.${fails}.svc`),
        'istioctl',
        { tell: () => `none of keys.${fails}` },
      );
    });

    await lesson.step('After: it cannot ask, and no call that the policy matches passes', async () => {
      await row({
        state: 'the proxy may not know it',
        mark: 'scoped',
        outcome: refusedByProvider,
        ending: noDecision,
        counts: { failed: calls },
      });
    });

    await lesson.step('And with the setting failOpen they pass, as in an outage', async () => {
      await cluster.change('30-ask-keys-fail-open.yaml');
      await row({
        state: 'the proxy may not know it, failOpen',
        mark: 'scoped-lenient',
        outcome: fromBackend,
        ending: passed,
        counts: { failed: calls, letThrough: calls },
      });
      await cluster.change('20-ask-keys.yaml');
      await frontend.curl(claims).settlesOn(refusedByProvider);
    });

    await lesson.step('With the namespace of the decider beside its own they pass again, by its decision', async () => {
      await cluster.change('70-and-the-decider.yaml');
      await row({
        state: 'the proxy knows it',
        mark: 'known',
        outcome: fromBackend,
        ending: passed,
        counts: { ok: calls },
      });
      lesson.table(
        'What becomes of a call',
        ['the decider', 'the call', 'why, in the log of the called proxy', 'quickest call', 'a path without policy'],
        table,
      );
    });
  },
);
