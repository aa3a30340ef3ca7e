import {
  answered,
  type Ending,
  exercise,
  flagCells,
  forbidden,
  ProxyLines,
  readProxyLog,
  resetByProxy,
  responseFlags,
} from '../../../helpers/index.ts';

const namespace = 'm6-e5-flags';
const backend = 'http://backend/';
const log = ['logs', 'deployment/backend', '--container', 'istio-proxy', '--tail=-1'];
const refusedBy = `rbac_access_denied_matched_policy[ns[${namespace}]-policy[refuse-forbidden]-rule[0]]`;
/** A first line with four words, where HTTP has three. */
const noHttp = ['curl', '--silent', '--include', '--request', 'NOT HTTP', backend];
/** The proxies write their logs once a second; a line that is not there after this time was not written. */
const staysMs = 2_000;
const ends = (status: number, flags: readonly string[], details: string | RegExp): Ending => ({
  status,
  flags,
  details,
});
const passedOn = (status: number) => ends(status, [], 'via_upstream');

exercise(
  'The called proxy that ended a call writes why, its caller writes via_upstream and no flag',
  {
    persona: 'Lisa Andersson',
    question: 'Our log says 503, via_upstream, and no flag. Where do I look next?',
    proof:
      "Each call has a mark, and its line is read in the logs of both proxies. A call that is refused by a policy is a 403 without a flag at both: the called proxy has the name of the policy in its details, the caller's says via_upstream. A connection without a certificate leaves one line with the flag NR and the address of its caller. An application that cuts the connection, one that answers what is no HTTP, and a port where nobody listens have three different flags in the log of the called proxy, and the caller's log has status and via_upstream alone. The line of the cut connection and the line of the closed port have the same status, flags and details there as the line of the application's own 503. The same path was answered before the policy, and a plain call is answered after it. The table of all flags at the end is written by hand; that none is missing is checked.",
    takeaway:
      'Where your log says via_upstream, look into the log of the next proxy; where that says so too, it was the application.',
    needs: ['k8s', 'sidecar'],
    proves: ['m6.e5.a3', 'm6.e5.a4', 'm6.e5.a6', 'm6.e5.a8'],
    errata: ['E609', 'E610'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/access-log/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('deployment/caller');
    const legacy = cluster.client('pod/legacy');
    const callersLog = new ProxyLines(cluster, 'deployment/caller', 'where');
    const backendsLog = new ProxyLines(cluster, 'deployment/backend', 'where');
    const rows: string[][] = [];
    const once = async (url: string) => {
      const [reply] = await caller.newConnections(1, url);
      if (reply === undefined) throw new Error('One call was made');
      return { status: reply.status, body: reply.body.trim() };
    };
    const cutOff = (text: string, address: string) =>
      readProxyLog(text).filter(
        ({ method, flags, details, from }) =>
          method === '-' && flags === 'NR' && details === 'filter_chain_not_found' && from.startsWith(`${address}:`),
      );
    /** Reads the line of a call in both logs. */
    const bothTell = async (what: string, mark: string, ending: Ending) => {
      const here = await callersLog.tellsOf(mark, passedOn(ending.status));
      const there = await backendsLog.tellsOf(mark, ending);
      const tell = ({ status, flags, details }: typeof here) => `${status} ${flags} ${details}`;
      rows.push([what, tell(there), tell(here)]);
      return tell(here);
    };

    await lesson.step('Before: both callers are answered, and what is no HTTP has a flag of its own', async () => {
      await caller
        .curl(`${backend}forbidden?where=allowed`)
        .settlesOn(answered(200, '"path":"/forbidden'), { inARow: 1 });
      await legacy.curl(`${backend}?where=plaintext`).settlesOn(answered(200, '"pod":"backend-'), { inARow: 1 });
      const earlier = garbled((await cluster.kubectl(...log)).stdout).length;
      const { stdout } = await legacy.run(...noHttp);
      await lesson.check('the proxy answers what is no HTTP with 400', stdout, (text) => /^HTTP\/1.1 400 /.test(text));
      await cluster.eventually(
        'its log has one line more with 400, DPE and http1.codec_error, without method and path',
        log,
        (text) => garbled(text).length === earlier + 1,
        'kubectl',
        { tell: (text) => garbled(text).at(-1)?.text ?? '' },
      );
    });

    await lesson.step('Two policies: a forbidden path, and mutual TLS for everyone', async () => {
      await cluster.change('20-policies.yaml');
      await caller.curl(`${backend}forbidden?where=settles`).settlesOn(forbidden);
      await legacy.curl(`${backend}?where=settles`).settlesOn(resetByProxy);
    });

    await lesson.step('After: a refusal has no flag, and the called proxy names the policy', async () => {
      const { status, body } = await once(`${backend}forbidden?where=refused`);
      await lesson.check('the answer is 403, RBAC: access denied', { status, body }, (seen) => {
        return seen.status === 403 && seen.body === 'RBAC: access denied';
      });
      await bothTell('refused by a policy', 'refused', ends(403, [], refusedBy));
      await caller.curl(`${backend}?where=plain`).settlesOn(answered(200, '"pod":"backend-'), { inARow: 1 });
    });

    await lesson.step('A connection without a certificate is no call, and still on record', async () => {
      const { stdout: address } = await cluster.kubectl('get', 'pod', 'legacy', '-o', 'jsonpath={.status.podIP}');
      const earlier = cutOff((await cluster.kubectl(...log)).stdout, address).length;
      const replies = await legacy.newConnections(5, `${backend}?where=plaintext-refused`);
      await lesson.check(
        'five connections are cut off, none has an HTTP answer',
        replies.map(({ curlExit, status }) => `curl ${curlExit}, HTTP ${status}`),
        () => replies.every(({ curlExit, status }) => (curlExit === 56 || curlExit === 52) && status === 0),
      );
      await cluster.eventually(
        'the log of the called proxy has five lines more with NR, filter_chain_not_found and that address',
        log,
        (text) => cutOff(text, address).length === earlier + 5,
        'kubectl',
        { staysMs, tell: (text) => cutOff(text, address).at(-1)?.text ?? '' },
      );
    });

    await lesson.step("Cut, garbled and closed: three flags at the called proxy, none at the caller's", async () => {
      const cut = await once(`${backend}?cut=1&key=cut&where=cut`);
      await lesson.check('a cut connection is a 503', cut, ({ status, body }) => {
        return status === 503 && body.endsWith('reset reason: connection termination');
      });
      const lineOfCut = await bothTell(
        'the application cuts the connection',
        'cut',
        ends(503, ['UC'], 'upstream_reset_before_response_started{connection_termination}'),
      );
      const garbage = await once(`${backend}?garbage=1&where=garbage`);
      await lesson.check('an answer that is no HTTP is a 502', garbage, ({ status }) => status === 502);
      await bothTell(
        'the application answers what is no HTTP',
        'garbage',
        ends(502, ['UPE'], /^upstream_reset_before_response_started\{protocol_error.*\}$/),
      );
      const closed = await once('http://backend-closed/?where=closed');
      await lesson.check('a closed port is a 503', closed, ({ status, body }) => {
        return status === 503 && body.includes('remote connection failure');
      });
      const lineOfClosed = await bothTell(
        'nobody listens at the port',
        'closed',
        ends(
          503,
          ['UF', 'URX'],
          /^upstream_reset_before_response_started\{remote_connection_failure\|delayed_connect_error:_.+\}$/,
        ),
      );
      const own = await once(`${backend}?status=503&where=own`);
      await lesson.check("and the application's own 503 comes with its own text", own, ({ status, body }) => {
        return status === 503 && body.includes('"pod":"backend-');
      });
      const lineOfOwn = await bothTell('the application itself', 'own', passedOn(503));
      await lesson.check(
        "the caller's log says the same of the cut connection, the closed port and the application's own 503",
        { lineOfCut, lineOfClosed, lineOfOwn },
        (lines) => new Set(Object.values(lines)).size === 1,
      );
      lesson.table('The same call in two logs', ['what happened', 'called proxy', "caller's proxy"], rows);
      await caller.curl(`${backend}?where=plain-again`).settlesOn(answered(200, '"pod":"backend-'), { inARow: 1 });
    });

    await lesson.step('And the flags that this exercise provokes, and the others, on one page', async () => {
      await lesson.check(
        'the page has all flags of Envoy 1.39, thirty, each once, and each names a lesson or says why there is none',
        new Set(responseFlags.map(({ flag }) => flag)).size,
        (flags) => flags === 30 && responseFlags.length === 30,
      );
      lesson.table(
        'Flags of the access log',
        ['flag', 'status', 'meaning', 'first command', 'seen'],
        responseFlags.map(flagCells),
      );
    });
  },
);

/** Lines of what came over a connection for HTTP and was none. */
function garbled(text: string): ReturnType<typeof readProxyLog> {
  return readProxyLog(text).filter(
    ({ method, status, flags, details }) =>
      method === '-' && status === 400 && flags === 'DPE' && details === 'http1.codec_error',
  );
}
