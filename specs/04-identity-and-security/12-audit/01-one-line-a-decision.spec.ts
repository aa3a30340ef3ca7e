import {
  answered,
  type AuditLine,
  type Client,
  copyKeyScript,
  exercise,
  forbidden,
  grpcDenied,
  linesOfCall,
  proxyLogCommand,
  readAuditLog,
  tally,
  TokenIssuer,
  untilLogKeeps,
} from '../../../helpers/index.ts';

const namespace = 'm4-e12-audit';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const accounts = 'http://backend/accounts';
const health = 'http://backend/health';
const log = proxyLogCommand('deployment/backend');
const noRuleMatched = 'rbac_access_denied_matched_policy[none]';
/**
 * Past its own proxy, which would remove the header: TLS by curl, with a copy of the attacker's own certificate, and a
 * header that names another. The server's certificate names an account and no host, so curl is not to check it.
 */
const posing = [
  '--insecure',
  '--http1.1',
  '--cert',
  '/tmp/own.pem',
  '-H',
  `x-forwarded-client-cert: URI=${identity('frontend')}`,
  'https://backend:8080/accounts',
];
/** The proxies write their logs once a second; a line that is not there after this time was not written. */
const staysMs = 3_000;

/** Lines of calls that carry this mark. */
const marked = (text: string, marker: string) => readAuditLog(text).filter((line) => line.marker === marker);
const numbered = /^(get|post)-\d+$/;
/** Connections that ended before any call. */
const cutOff = (text: string) => readAuditLog(text).filter(({ details }) => details === 'filter_chain_not_found');
/** A line in the words of an auditor. */
const tell = ({ caller, subject, method, path, code, details }: AuditLine) =>
  `caller ${caller}, subject ${subject === '' ? 'none' : subject}, ${method} ${path}: ${code}, ${details}`;
/** Calls one after another, each with a mark of its own; prints the statuses. */
const twenty = (method: string) =>
  `for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code}\\n' -X ${method} -H "x-marker: ${method.toLowerCase()}-$i" '${accounts}?key=counted'; done`;
/** Makes one call that carries a mark, and forgets its answer but for the status. */
const call = async (client: Client, marker: string, ...args: string[]) => {
  const said = ['--silent', '--output', '/dev/null', '--max-time', '3', '--write-out', '%{http_code}'];
  return (await client.run('curl', ...said, '-H', `x-marker: ${marker}`, ...args)).stdout;
};

exercise(
  'Telemetry writes one line with an identity for each call',
  {
    persona: 'Sarah Martinez',
    question:
      'The auditor wants to see who did what, who was refused, and that no line is missing. What do I hand over?',
    proof:
      'The default line of a call has method, path and status, and no account. With one resource the same proxy writes a line with the account of the caller, the subject of its token, and the decision with its reason. Forty calls with forty marks leave forty lines, one each, and the application has counted the twenty that were let through. A forged header, which does reach the application before there is a policy, changes nothing in a line. A connection without a certificate leaves a line of another kind, without account, method and path. Each filter of the log is judged by calls that it must keep and calls that it must leave out, made side by side. A policy that is rehearsed names beforehand exactly the calls that it refuses when it is enforced. In the end the pod is replaced, and the forty lines are gone with it.',
    takeaway:
      'The called proxy can write one line with an identity for each call; what you filter by decides what you miss, and the lines last no longer than the pod.',
    needs: ['k8s', 'sidecar', 'providers'],
    proves: ['m4.e12.a1', 'm4.e12.a2', 'm4.e12.a3', 'm4.e12.a4', 'm4.e12.a5', 'm4.e12.a6', 'm4.e12.a7'],
    errata: ['E414'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/telemetry-api/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const attacker = cluster.client('pod/attacker');
    const issuer = new TokenIssuer('m4-e12');
    /** Makes one call of each kind; returns what came of them in the words of their lines. */
    const round = async (marker: string): Promise<AuditLine[]> => {
      for (const client of [frontend, attacker])
        for (const method of ['GET', 'POST']) await call(client, marker, '-X', method, accounts);
      const text = await cluster.eventually(
        'each of the four calls has a line',
        log,
        (now) => marked(now, marker).length === 4,
        'kubectl',
        { tell: (now) => marked(now, marker).map(tell).join('\n') },
      );
      return marked(text, marker);
    };
    const names = (lines: readonly AuditLine[]) =>
      lines.map(({ caller, method }) => `${method} of ${caller.split('/').at(-1)}`).toSorted();

    const linesOf = (text: string) => readAuditLog(text).map((line) => ({ mark: line.marker, text: tell(line) }));
    /** Sees that the log has exactly so many lines of each mark, and goes on to have no more. */
    const hasExactly = async (says: string, wanted: Readonly<Record<string, number>>) =>
      cluster.eventually(
        says,
        log,
        (text) => Object.entries(wanted).every(([marker, times]) => marked(text, marker).length === times),
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            Object.keys(wanted)
              .map((marker) => `${marker}: ${marked(text, marker).length} lines`)
              .join('\n'),
        },
      );

    await lesson.step('Before: the line of a call tells what was done, and not who did it', async () => {
      await cluster.eventually(
        'a copy of its own key and certificate is at hand for the attacker',
        ['exec', 'pod/attacker', '--', 'grep', '-e', '-----END', '/tmp/own.pem'],
        (ends) => /KEY-----\n.*CERTIFICATE-----/s.test(ends),
        'kubectl',
        // The proxy may be writing them just then, and a copy that is not whole is made again.
        { beforeEachLook: () => cluster.shell(copyKeyScript(namespace, 'pod/attacker', 'attacker', '/tmp/own.pem')) },
      );
      await attacker.curl(...posing).settlesOn(answered(200, identity('frontend')), { inARow: 1 });
      await frontend.curl(`${accounts}?call=before`).settlesOn(answered(200, '"pod":"backend-'));
      await cluster.eventually(
        'it has method, path and status, and no account',
        log,
        (text) => {
          const lines = linesOfCall(text, 'call=before');
          return (
            lines.length > 0 &&
            lines.every(
              (line) =>
                line.method === 'GET' &&
                line.path.startsWith('/accounts?') &&
                line.status === 200 &&
                !/spiffe:|\/sa\//.test(line.text),
            )
          );
        },
        'kubectl',
        { tell: (text) => linesOfCall(text, 'call=before')[0]?.text ?? '' },
      );
    });

    await lesson.step("One resource names the platform's audit log", async () => {
      await cluster.change('20-audit.yaml');
      const first = (text: string) =>
        marked(text, 'first').filter(
          (line) =>
            line.caller === identity('frontend') &&
            line.method === 'GET' &&
            line.path === '/accounts' &&
            line.code === 200 &&
            line.details === 'via_upstream',
        );
      await cluster.eventually(
        'the line of the same call has the account of the caller, and what was decided; the query is left out',
        log,
        (text) => first(text).length > 0,
        'kubectl',
        {
          beforeEachLook: () => call(frontend, 'first', `${accounts}?customer=7`),
          tell: (text) => first(text).slice(0, 1).map(tell).join(),
        },
      );
    });

    let rehearsed: string[] = [];
    await lesson.step('A rehearsed policy says in the log whom it would refuse, and refuses nobody', async () => {
      await cluster.change('30-rehearsed.yaml');
      await cluster.eventually(
        'the rehearsal is on: a line says what would have been decided',
        log,
        (text) => marked(text, 'rehearsing').some(({ rehearsal }) => rehearsal === 'allowed'),
        'kubectl',
        {
          beforeEachLook: () => call(frontend, 'rehearsing', accounts),
          tell: (text) => `rehearsal: ${marked(text, 'rehearsing').at(-1)?.rehearsal}`,
        },
      );
      const lines = await round('rehearsed');
      rehearsed = names(lines.filter(({ rehearsal }) => rehearsal === 'denied'));
      await lesson.check(
        'all four calls are answered, and three of them would be refused',
        { wouldBeRefused: rehearsed, statuses: lines.map(({ code }) => code) },
        ({ wouldBeRefused, statuses }) =>
          wouldBeRefused.join() === 'GET of attacker,POST of attacker,POST of frontend' &&
          statuses.every((status) => status === 200) &&
          lines.every(({ rehearsal }) => rehearsal !== ''),
      );
    });

    await lesson.step('Enforced, the policy refuses exactly those', async () => {
      await cluster.change('40-enforced.yaml');
      await attacker.curl('-X', 'POST', accounts).settlesOn(forbidden);
      await attacker.curl(accounts).settlesOn(forbidden);
      await frontend.curl('-X', 'POST', accounts).settlesOn(forbidden);
      const lines = await round('enforced');
      await lesson.check(
        'the refused calls are those that the rehearsal named, each for the reason that no rule allows it',
        {
          named: rehearsed,
          refused: names(lines.filter(({ code, details }) => code === 403 && details === noRuleMatched)),
          served: names(lines.filter(({ code, details }) => code === 200 && details === 'via_upstream')),
        },
        ({ named, refused, served }) => refused.join() === named.join() && served.join() === 'GET of frontend',
      );
    });

    await lesson.step('With a token the line names the user too, and a forged header changes nothing', async () => {
      const [key] = (JSON.parse(issuer.jwks) as { keys: readonly { x: string; y: string }[] }).keys;
      const token = issuer.token({
        iss: 'https://tokens.megabank.example',
        sub: 'alice',
        exp: Math.floor(Date.now() / 1000) + 3600,
      });
      await frontend.writeFile('/tmp/token', `Authorization: Bearer ${token}\n`);
      await cluster.change('50-tokens.yaml', { KEY_X: key?.x ?? '', KEY_Y: key?.y ?? '' });
      const named = (text: string) =>
        marked(text, 'with-token').filter(
          (line) =>
            line.subject === 'alice' &&
            line.caller === identity('frontend') &&
            line.method === 'GET' &&
            line.path === '/accounts/7' &&
            line.code === 200,
        );
      await cluster.eventually(
        'the line has the account of the frontend and the subject of the token',
        log,
        (text) => named(text).length > 0,
        'kubectl',
        {
          beforeEachLook: () => call(frontend, 'with-token', '-H', '@/tmp/token', `${accounts}/7?customer=7`),
          tell: (text) => named(text).slice(0, 1).map(tell).join(),
        },
      );
      await call(attacker, 'forged', ...posing);
      await cluster.eventually(
        'a caller that writes another account into a header is named by its own, and is refused',
        log,
        (text) => {
          const [line, ...more] = marked(text, 'forged');
          return more.length === 0 && line?.caller === identity('attacker') && line.code === 403;
        },
        'kubectl',
        { tell: (text) => marked(text, 'forged').map(tell).join() },
      );
    });

    await lesson.step('Forty calls leave forty lines, one each', async () => {
      const reads = (await frontend.run('sh', '-c', twenty('GET'))).stdout.trim().split('\n');
      const writes = (await attacker.run('sh', '-c', twenty('POST'))).stdout.trim().split('\n');
      await lesson.check(
        "twenty of the frontend's are answered, twenty of the attacker's refused",
        Object.fromEntries(tally([...reads, ...writes], (status) => `HTTP ${status}`)),
        (statuses) => statuses['HTTP 200'] === 20 && statuses['HTTP 403'] === 20 && reads.every((s) => s === '200'),
      );
      const ofThem = (text: string) => readAuditLog(text).filter(({ marker }) => numbered.test(marker));
      await cluster.eventually(
        'each of the forty marks stands in one line, with its caller and the decision about it',
        log,
        (text) => {
          const lines = ofThem(text);
          const marks = new Set(lines.map(({ marker }) => marker));
          const asDecided = ({ marker, caller, method, code, details }: AuditLine) =>
            marker.startsWith('get-')
              ? caller === identity('frontend') && method === 'GET' && code === 200 && details === 'via_upstream'
              : caller === identity('attacker') && method === 'POST' && code === 403 && details === noRuleMatched;
          return lines.length === 40 && marks.size === 40 && lines.every(asDecided);
        },
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            [...tally(ofThem(text), ({ caller, method, code, details }) => `${caller}: ${method}, ${code}, ${details}`)]
              .map(([kind, times]) => `${times} × ${kind}`)
              .join('\n'),
        },
      );
      await frontend.curl('http://backend/hits?key=counted').settlesOn(answered(200, '"hits":20'));
    });

    await lesson.step('A connection without a certificate leaves a line of another kind', async () => {
      const address = await cluster.kubectl('get', 'pod', 'attacker', '-o', 'jsonpath={.status.podIP}');
      const earlier = cutOff((await cluster.kubectl(...log)).stdout).length;
      const cut = await attacker.newConnections(5, 'http://backend:8080/accounts');
      await lesson.check(
        'five connections past the proxy of the attacker are cut off, none has an HTTP answer',
        cut.map(({ curlExit, status }) => `curl ${curlExit}, HTTP ${status}`),
        () => cut.every(({ curlExit, status }) => (curlExit === 56 || curlExit === 52) && status === 0),
      );
      await cluster.eventually(
        'five lines more have an address and the flag NR, and neither account nor method nor path',
        log,
        (text) => {
          const lines = cutOff(text).slice(earlier);
          return (
            lines.length === 5 &&
            lines.every(
              (line) =>
                line.code === 0 &&
                line.flags === 'NR' &&
                line.address.startsWith(`${address.stdout}:`) &&
                `${line.caller}${line.method}${line.path}` === '',
            )
          );
        },
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            cutOff(text)
              .slice(earlier)
              .map(({ address: from, flags, details }) => `${from}: ${flags}, ${details}`)
              .join('\n'),
        },
      );
    });

    await lesson.step('A filter by status keeps the refused calls alone', async () => {
      await cluster.change('60-errors-only.yaml');
      await untilLogKeeps(cluster, 'a refused call is written down, and an answered one right before it is not', log, {
        prefix: 'errors',
        leftOut: (marker) => call(frontend, marker, accounts),
        kept: (marker) => call(attacker, marker, '-X', 'POST', accounts),
        linesOf,
      });
      await frontend.newConnections(5, '-H', 'x-marker: errors-served', accounts);
      await attacker.newConnections(5, '-H', 'x-marker: errors-refused', '-X', 'POST', accounts);
      await hasExactly('five refused calls have five lines, five answered ones have none', {
        'errors-served': 0,
        'errors-refused': 5,
      });
    });

    await lesson.step('But a refused gRPC call is HTTP 200, and this filter misses it', async () => {
      const asGrpc = ['-X', 'POST', '-H', 'content-type: application/grpc'];
      const [grpc] = [attacker.curl(...asGrpc, '-H', 'x-marker: grpc', accounts)];
      await grpc.settlesOn(grpcDenied);
      await attacker.curl('-X', 'POST', '-H', 'x-marker: not-grpc', accounts).settlesOn(forbidden, { inARow: 5 });
      await cluster.eventually(
        'the log has the same calls without the gRPC header, and none of those with it',
        log,
        (text) => marked(text, 'not-grpc').length >= 5 && marked(text, 'grpc').length === 0,
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            `with the header: ${marked(text, 'grpc').length} lines, without: ${marked(text, 'not-grpc').length}`,
        },
      );
      await cluster.change('70-refusals-only.yaml');
      await untilLogKeeps(
        cluster,
        'a filter by the reason has the refused gRPC call, and not an answered one right before it',
        log,
        {
          prefix: 'reasons',
          leftOut: (marker) => call(frontend, marker, accounts),
          kept: (marker) => call(attacker, marker, ...asGrpc, accounts),
          linesOf,
        },
      );
      const inWords = (text: string) =>
        readAuditLog(text).filter(
          ({ marker, code, grpc: status, details }) =>
            marker.startsWith('reasons-kept-') &&
            code === 200 &&
            status === 'PermissionDenied' &&
            details === noRuleMatched,
        );
      await cluster.eventually(
        'its line says HTTP 200, PermissionDenied, and that no rule allows it',
        log,
        (text) => inWords(text).length > 0,
        'kubectl',
        {
          tell: (text) =>
            inWords(text)
              .slice(0, 1)
              .map((line) => `${tell(line)}, gRPC: ${line.grpc}`)
              .join(),
        },
      );
    });

    await lesson.step('A policy with the action AUDIT adds no line; a filter can ask for its note', async () => {
      await cluster.change('20-audit.yaml');
      await cluster.change('80-note-accounts.yaml');
      await cluster.eventually(
        "the backend's proxy has that policy",
        ['proxy-config', 'listeners', `deployment/backend.${namespace}`, '--port', '15006', '--output', 'json'],
        (json) => json.includes(`ns[${namespace}]-policy[note-accounts]-rule[0]`),
        'istioctl',
        { tell: (json) => /ns\[[^"]*note-accounts[^"]*/.exec(json)?.[0] ?? '' },
      );
      await cluster.eventually(
        'the log has answered calls again',
        log,
        (text) => marked(text, 'unfiltered').length > 0,
        'kubectl',
        {
          beforeEachLook: () => call(frontend, 'unfiltered', health),
          tell: (text) => marked(text, 'unfiltered').slice(0, 1).map(tell).join(),
        },
      );
      const both = async (accountsMarker: string, otherMarker: string) => {
        const answers = [
          ...(await frontend.newConnections(5, '-H', `x-marker: ${otherMarker}`, health)),
          ...(await frontend.newConnections(5, '-H', `x-marker: ${accountsMarker}`, accounts)),
        ];
        await lesson.check(
          'five calls to the accounts and five to another path are answered',
          answers.map(({ status }) => status),
          (statuses) => statuses.length === 10 && statuses.every((status) => status === 200),
        );
      };
      await both('noted', 'not-noted');
      await hasExactly('each of the ten has one line, as without that policy', { noted: 5, 'not-noted': 5 });
      await cluster.change('90-noted-only.yaml');
      await untilLogKeeps(
        cluster,
        'with a filter a call to the accounts is written down, and one to another path right before it is not',
        log,
        {
          prefix: 'notes',
          leftOut: (marker) => call(frontend, marker, health),
          kept: (marker) => call(frontend, marker, accounts),
          linesOf,
        },
      );
      await both('only-noted', 'only-other');
      await hasExactly('five calls to the accounts have five lines, five to another path have none', {
        'only-noted': 5,
        'only-other': 0,
      });
    });

    await lesson.step('And the lines are gone with the pod that wrote them', async () => {
      const ofThem = (text: string) => readAuditLog(text).filter(({ marker }) => numbered.test(marker)).length;
      await lesson.check(
        'the log of the pod has the forty lines until its end',
        ofThem((await cluster.kubectl(...log)).stdout),
        (lines) => lines === 40,
      );
      await cluster.kubectl('rollout', 'restart', 'deployment/backend');
      await cluster.kubectl('rollout', 'status', 'deployment/backend', '--timeout=80s');
      await cluster.eventually(
        'the log of its successor has the calls made since, and none of the forty lines',
        log,
        (text) => marked(text, 'after').length > 0 && ofThem(text) === 0,
        'kubectl',
        {
          beforeEachLook: () => call(frontend, 'after', accounts),
          tell: (text) => `since: ${marked(text, 'after').length} lines, of the forty: ${ofThem(text)}`,
        },
      );
    });
  },
);
