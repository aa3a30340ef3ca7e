import {
  type Client,
  collectorLogCommand,
  exercise,
  type ExportedRecord,
  proxyLogCommand,
  queryArguments,
  readExportedRecords,
  readProxyLog,
  readSamples,
  tally,
} from '../../../helpers/index.ts';

const namespace = 'm8-e7-export';
const identity = (account: string) => `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
const backendLog = proxyLogCommand('deployment/backend');
const collectorLog = collectorLogCommand('deployment/siem');
/** What the called proxy says of a refused call: the policy that denies it, by its name. */
const denied = `rbac_access_denied_matched_policy[ns[${namespace}]-policy[no-attacker]-rule[0]]`;
/** The sum in the company's own Prometheus, by status, as the called side has counted. */
const counts = queryArguments(
  `sum by (response_code) (istio_requests_total{reporter="destination",destination_workload="backend"})`,
  namespace,
);
/** Calls of the clerk and of the attacker in a round, and calls while nobody takes records. */
const [good, bad, unheard] = [5, 2, 20];
/** A proxy closes connections that know a resource of before little by little, and only when they are used. */
const callsALook = 5;
/** A proxy sends records and writes lines once a second; what is not there after this time was not sent. */
const staysMs = 3_000;

const numbered = (mark: string, times: number) => Array.from({ length: times }, (_, index) => `${mark}-${index + 1}`);
const recordsOf = (text: string, mark: string) =>
  readExportedRecords(text).filter(({ body }) => body === `GET /claims/${mark}`);
const linesOf = (text: string, mark: string) => readProxyLog(text).filter(({ path }) => path === `/claims/${mark}`);
const tellRecord = ({ body, attributes: { caller, code, details } }: ExportedRecord) =>
  `${body}: ${code}, ${caller}, ${details}`;
/** True if there is one of each mark, and no second. */
const oneEach = (marks: readonly string[], found: (mark: string) => readonly unknown[]) =>
  marks.every((mark) => found(mark).length === 1);

exercise(
  'Telemetry sends a record of each call to the SIEM, and takes the line from the log',
  {
    persona: 'Ahmed Hassan',
    question: 'Our SIEM and our Prometheus stay. What of the mesh reaches them, and what do we lose?',
    proof: `Before, each call leaves a line in the log of the called proxy, and the collector that stands for the SIEM gets nothing. One resource names that collector. Then ${good} calls of the clerk and ${bad} of the attacker, each to a path of its own, leave one record each at the collector: with the account of the caller, the status, and for a refused one the name of the policy. The company's Prometheus, which asks that of the mesh, has counted exactly so many calls more with each status. The log of the called proxy has none of these calls, while the logs of the callers' proxies have them. With both names in the resource each call leaves a line and a record. Last, the collector is scaled to nothing: ${unheard} calls are answered all the same and leave ${unheard} lines, and when it is back and gets records again, how many of these have come is reported.`,
    takeaway:
      'Export to the tools that you have, and name the log of the proxy beside them: one name switches the other off, and records that find nobody can be lost.',
    needs: ['k8s', 'sidecar', 'providers', 'prom'],
    proves: ['m8.e7.a1', 'm8.e7.a2', 'm8.e7.a3'],
    errata: ['E814'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/otel-provider/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const clerk = cluster.client('deployment/clerk');
    const attacker = cluster.client('pod/attacker');
    /** Calls of this lesson, by status: whatever the sum in Prometheus has beyond them would be wrong. */
    const made: Record<string, number> = {};

    /** Calls once for each mark, by one command, and tells the statuses. */
    const call = async (client: Client, marks: readonly string[]) => {
      const words = `curl -s -o /dev/null -m 3 -w '%{http_code}\\n' http://backend/claims/$mark`;
      const { stdout } = await client.run('sh', '-c', `for mark in ${marks.join(' ')}; do ${words}; done`);
      const statuses = Object.fromEntries(tally(stdout.trim().split('\n'), (status) => status));
      for (const [status, times] of Object.entries(statuses)) made[status] = (made[status] ?? 0) + times;
      return statuses;
    };
    /** Both call again and again, until a call of each is seen where it is to be. */
    const untilSeen = async (
      says: string,
      mark: string,
      command: readonly string[],
      found: (text: string, mark: string) => readonly { readonly text?: string; readonly body?: string }[],
    ) => {
      let looks = 0;
      const marks = (who: string) => numbered(`${mark}-${who}`, looks * callsALook);
      const seen = (text: string, who: string) => marks(who).flatMap((each) => found(text, each));
      await cluster.eventually(
        says,
        command,
        (text) => seen(text, 'clerk').length > 0 && seen(text, 'attacker').length > 0,
        'kubectl',
        {
          beforeEachLook: async () => {
            looks += 1;
            await call(clerk, marks('clerk').slice(-callsALook));
            await call(attacker, marks('attacker').slice(-callsALook));
          },
          tell: (text) =>
            ['clerk', 'attacker']
              .map((who) => seen(text, who).map((each) => each.text ?? each.body ?? '')[0])
              .join('\n'),
        },
      );
    };
    /** Five calls of the clerk and two of the attacker; returns the marks of each. */
    const round = async (mark: string) => {
      const marks = { clerk: numbered(`${mark}-clerk`, good), attacker: numbered(`${mark}-attacker`, bad) };
      const statuses = { clerk: await call(clerk, marks.clerk), attacker: await call(attacker, marks.attacker) };
      await lesson.check(
        `${good} calls of the clerk are answered, ${bad} of the attacker refused`,
        statuses,
        (seen) => JSON.stringify(seen) === JSON.stringify({ clerk: { 200: good }, attacker: { 403: bad } }),
      );
      return marks;
    };
    /** What was sent to the SIEM alone. */
    let sent = { clerk: [] as string[], attacker: [] as string[] };
    const marksOf = ({ clerk: one, attacker: other }: Awaited<ReturnType<typeof round>>) => [...one, ...other];
    const hasRecords = async (marks: Awaited<ReturnType<typeof round>>) => {
      const isRight = (mark: string, account: string, code: string, details: string) => (text: string) =>
        recordsOf(text, mark).every(
          ({ attributes: said }) =>
            said['caller'] === identity(account) &&
            said['code'] === code &&
            said['details'] === details &&
            (said['request'] ?? '').length > 1,
        );
      await cluster.eventually(
        'the collector has one record of each of these calls: who called, what came of it, and why',
        collectorLog,
        (text) =>
          oneEach(marksOf(marks), (mark) => recordsOf(text, mark)) &&
          marks.clerk.every((mark) => isRight(mark, 'clerk', '200', 'via_upstream')(text)) &&
          marks.attacker.every((mark) => isRight(mark, 'attacker', '403', denied)(text)),
        'kubectl',
        {
          staysMs,
          tell: (text) =>
            marksOf(marks)
              .flatMap((mark) => recordsOf(text, mark))
              .map(tellRecord)
              .join('\n'),
        },
      );
    };
    /** Waits until the company's Prometheus has counted all calls of this lesson, and no more. */
    const hasCountedAll = async (says: string) => {
      const wanted = { 200: made['200'] ?? 0, 403: made['403'] ?? 0 };
      const byStatus = (answer: string) => {
        const samples = readSamples({ stdout: answer });
        const of = (code: string) => samples.find(({ labels }) => labels['response_code'] === code)?.value ?? 0;
        return { 200: of('200'), 403: of('403') };
      };
      await cluster.eventually(
        says,
        counts,
        (answer) => JSON.stringify(byStatus(answer)) === JSON.stringify(wanted),
        'kubectl',
        { tell: (answer) => `200: ${byStatus(answer)[200]}, 403: ${byStatus(answer)[403]}` },
      );
    };

    await lesson.step('Before: each call is a line of the log, and nothing reaches the SIEM', async () => {
      await cluster.eventually(
        "the backend's proxy has the policy that denies the attacker",
        ['proxy-config', 'listeners', `deployment/backend.${namespace}`, '--port', '15006', '--output', 'json'],
        (json) => json.includes(`ns[${namespace}]-policy[no-attacker]-rule[0]`),
        'istioctl',
        { tell: (json) => /ns\[[^"]*no-attacker[^"]*/.exec(json)?.[0] ?? '' },
      );
      await untilSeen("the log of the backend's proxy has a line of each caller", 'before', backendLog, linesOf);
      const marks = await round('logged');
      await cluster.eventually(
        'it has one line of each of these calls',
        backendLog,
        (text) => oneEach(marksOf(marks), (mark) => linesOf(text, mark)),
        'kubectl',
        { tell: (text) => `${marksOf(marks).flatMap((mark) => linesOf(text, mark)).length} lines` },
      );
      await cluster.eventually(
        'the collector has no record',
        collectorLog,
        (text) => readExportedRecords(text).length === 0,
        'kubectl',
        { staysMs, tell: (text) => `${readExportedRecords(text).length} records` },
      );
    });

    await lesson.step('One resource names the SIEM', async () => {
      await cluster.change('20-to-the-siem.yaml');
      await untilSeen('the collector has a record of each caller', 'begin', collectorLog, recordsOf);
    });

    await lesson.step('After: one record of each call, with its caller and the reason', async () => {
      await hasCountedAll("the company's Prometheus has counted the calls made so far, by their status, and no others");
      sent = await round('sent');
      await hasRecords(sent);
      await hasCountedAll(
        `the company's Prometheus has counted exactly ${good} calls with 200 and ${bad} with 403 more than before`,
      );
    });

    await lesson.step('But the log of the called proxy has none of them any more', async () => {
      for (const [who, log, own] of [
        ['clerk', proxyLogCommand('deployment/clerk'), sent.clerk],
        ['attacker', proxyLogCommand('pod/attacker'), sent.attacker],
      ] as const)
        await cluster.eventually(
          `the log of the ${who}'s own proxy has one line of each of its calls`,
          log,
          (text) => own.length > 0 && oneEach(own, (mark) => linesOf(text, mark)),
          'kubectl',
          { tell: (text) => own.flatMap((mark) => linesOf(text, mark).map((line) => line.text))[0] ?? '' },
        );
      await cluster.eventually(
        "the log of the backend's proxy has the calls from before, and no line of these",
        backendLog,
        (text) =>
          oneEach(numbered('logged-clerk', good), (mark) => linesOf(text, mark)) &&
          marksOf(sent).every((mark) => linesOf(text, mark).length === 0),
        'kubectl',
        { staysMs, tell: (text) => `of these calls: ${marksOf(sent).flatMap((mark) => linesOf(text, mark)).length}` },
      );
    });

    await lesson.step("The resource names both: the proxy's own log, and the SIEM", async () => {
      await cluster.change('30-to-both.yaml');
      await untilSeen("the log of the backend's proxy has a line of each caller again", 'both', backendLog, linesOf);
    });

    await lesson.step('After: one line and one record of each call', async () => {
      const marks = await round('twice');
      await hasRecords(marks);
      await cluster.eventually(
        "the log of the backend's proxy has one line of each of these calls",
        backendLog,
        (text) => oneEach(marksOf(marks), (mark) => linesOf(text, mark)),
        'kubectl',
        { tell: (text) => `${marksOf(marks).flatMap((mark) => linesOf(text, mark)).length} lines` },
      );
    });

    await lesson.step('The SIEM is away: calls go on, and leave their lines', async () => {
      await cluster.kubectl('scale', 'deployment/siem', '--replicas=0');
      await cluster.kubectl('wait', 'pod', '--selector=app=siem', '--for=delete', '--timeout=60s');
      const statuses = await call(clerk, numbered('unheard', unheard));
      await lesson.check(
        `all ${unheard} calls are answered`,
        statuses,
        (seen) => JSON.stringify(seen) === JSON.stringify({ 200: unheard }),
      );
      await cluster.eventually(
        `the log of the backend's proxy has one line of each of the ${unheard}`,
        backendLog,
        (text) => oneEach(numbered('unheard', unheard), (mark) => linesOf(text, mark)),
        'kubectl',
        { tell: (text) => `${numbered('unheard', unheard).flatMap((mark) => linesOf(text, mark)).length} lines` },
      );
    });

    await lesson.step('It is back, and gets what is sent from now on', async () => {
      await cluster.kubectl('scale', 'deployment/siem', '--replicas=1');
      await cluster.kubectl('rollout', 'status', 'deployment/siem', '--timeout=60s');
      await untilSeen('the collector has a record of each caller', 'back', collectorLog, recordsOf);
      const came = (text: string) => numbered('unheard', unheard).flatMap((mark) => recordsOf(text, mark)).length;
      const text = await cluster.eventually(
        `the collector has records; how many of the ${unheard} calls that nobody heard of are among them is reported`,
        collectorLog,
        (output) => readExportedRecords(output).length > 0,
        'kubectl',
        { staysMs, tell: (output) => `${came(output)} of ${unheard}` },
      );
      await lesson.measure('m8.e7.a3', `records that came later, of ${unheard} calls`, came(text), 'records');
    });
  },
);
