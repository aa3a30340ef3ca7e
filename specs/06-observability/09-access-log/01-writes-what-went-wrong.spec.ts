import {
  exercise,
  linesOfCall,
  type ProxyLogLine,
  readAccessLog,
  readProxyLog,
  tally,
  untilLogKeeps,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm6-e9-log';
const backendUrl = 'http://backend/';
const log = ['logs', 'deployment/frontend', '--container', 'istio-proxy', '--tail=-1'];
const serversLog = ['logs', 'deployment/backend', '--container', 'server', '--tail=-1'];
const analysis = ['analyze', '--namespace', namespace];
/** Two resources of the same kind without a selector. */
const conflict = /IST0160/;
/** Calls that are answered well, and such that are not. */
const [good, bad] = [20, 5];

/** The proxies write their logs once a second; a line that is not there after this time was not written. */
const staysMs = 3_000;

/** What of a round of calls stands in the log. */
interface Lines {
  readonly ok: number;
  readonly notFound: number;
  readonly givenUp: number;
  readonly tcp: number;
}

/** Lines of connections to the port that is not HTTP; they have no path, so no mark. */
const tcpLines = (text: string) =>
  readProxyLog(text).filter(({ cluster }) => cluster === `outbound|8000||backend.${namespace}.svc.cluster.local`);
const isGivenUp = ({ status, flags }: ProxyLogLine) => status === 0 && flags === 'DC';
const tell = ({ ok, notFound, givenUp, tcp }: Lines) =>
  `HTTP 200: ${ok} lines, HTTP 404: ${notFound}, given up: ${givenUp}, TCP: ${tcp}`;

exercise(
  'Telemetry filter keeps the lines of failures, and loses those it did not think of',
  {
    persona: 'Lisa Andersson',
    question: 'A line for each call costs too much. Can we keep only the lines that matter in an incident?',
    proof: `The same round of calls is made five times, and the log of the caller's proxy is counted: ${good} calls with 200, ${bad} with 404, one that the caller gives up, and one connection that is not HTTP. Without a filter each of them leaves a line. Under a filter for codes from 400 only the ${bad} are left, and the server's own log shows that the call that was given up had reached it. Under a filter that also takes what has no code, both lines are back and the ${good} are still left out. Then a second resource asks for all lines but the 404s. The analysis names both, a later change of the older one is in force, and the lines are still those of the older one alone. When that one is deleted, the second is in force, and its lines are neither those of the first nor those without any resource.`,
    takeaway:
      'A filter is a condition over facts that a call may not have: what is missing is dropped, unless the filter says otherwise.',
    needs: ['k8s', 'sidecar'],
    proves: ['m6.e9.a1', 'm6.e9.a2', 'm6.e9.a3'],
    errata: ['E612', 'E615'],
    readMore: 'https://istio.io/latest/docs/tasks/observability/logs/telemetry-api/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const call = async (mark: string, times = 1) => frontend.newConnections(times, `${backendUrl}?call=${mark}`);
    const failing = async (mark: string, times = 1) =>
      frontend.newConnections(times, `${backendUrl}?status=404&call=${mark}`);
    /** The server would take three seconds. */
    const giveUp = async (mark: string) =>
      frontend.run('curl', '--silent', '--max-time', '1', `${backendUrl}?delay=3s&call=${mark}`);

    /** Makes one call of each kind, so many as are said above, and sees how many lines each kind leaves. */
    const round = async (mark: string, says: string, wanted: Lines, stays = 0) => {
      const earlier = tcpLines((await cluster.kubectl(...log)).stdout).length;
      const lines = (text: string): Lines => {
        const ofCalls = linesOfCall(text, `call=${mark}`);
        return {
          ok: ofCalls.filter(({ status }) => status === 200).length,
          notFound: ofCalls.filter(({ status }) => status === 404).length,
          givenUp: ofCalls.filter(isGivenUp).length,
          tcp: tcpLines(text).length - earlier,
        };
      };
      const { stderr, exitCode } = await giveUp(mark);
      const [connection] = await frontend.newConnections(1, 'http://backend:8000/');
      const answers = [...(await call(mark, good)), ...(await failing(mark, bad))];
      await lesson.check(
        `${good} calls are answered with 200 and ${bad} with 404, one is given up (curl 28), and the TCP port answers`,
        {
          answers: Object.fromEntries(tally(answers, ({ status }) => `HTTP ${status}`)),
          givenUp: exitCode === 0 ? 'no' : stderr.trim(),
          tcp: connection?.status,
        },
        (seen) =>
          seen.answers['HTTP 200'] === good &&
          seen.answers['HTTP 404'] === bad &&
          seen.givenUp.includes('exit code 28') &&
          seen.tcp === 200,
      );
      // The calls with 404 come last, so where they leave lines, those of all others would stand before theirs.
      await cluster.eventually(says, log, (text) => tell(lines(text)) === tell(wanted), 'kubectl', {
        staysMs: stays,
        tell: (text) => tell(lines(text)),
      });
      await cluster.eventually('the call that was given up had reached the server', serversLog, (text) =>
        readAccessLog(text).some(({ path, abandoned }) => abandoned && path.endsWith(`call=${mark}`)),
      );
    };

    const linesOf = (text: string) =>
      readProxyLog(text).map((line) => ({ mark: /[?&]call=([^&]*)/.exec(line.path)?.[1] ?? '', text: line.text }));

    await lesson.step('Before: each call leaves a line, whatever came of it', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend');
      await round('before', `${good + bad} calls leave ${good + bad} lines, and so do the other two`, {
        ok: good,
        notFound: bad,
        givenUp: 1,
        tcp: 1,
      });
    });

    await lesson.step('A filter keeps the lines with a code from 400', async () => {
      await cluster.change('20-errors-only.yaml');
      await untilLogKeeps(cluster, 'a call with 404 is written down, and one with 200 right before it is not', log, {
        prefix: 'codes',
        leftOut: call,
        kept: failing,
        linesOf,
      });
    });

    await lesson.step('After: only the 404s are left, and two lines are lost that mattered', async () => {
      await round('codes', `${bad} calls with 404 leave ${bad} lines, and nothing else leaves any`, {
        ok: 0,
        notFound: bad,
        givenUp: 0,
        tcp: 0,
      });
      const { stdout, exitCode } = await cluster.attempt('istioctl', ...analysis);
      await lesson.check(
        'the analysis finds no two resources that are in conflict, and no error',
        { said: stdout, exitCode },
        (seen) => seen.exitCode === 0 && !conflict.test(seen.said),
      );
    });

    await lesson.step('A better filter also keeps what has no code', async () => {
      await cluster.change('30-errors-and-aborts.yaml');
      await untilLogKeeps(
        cluster,
        'a call that is given up is written down, and one with 200 right before it is not',
        log,
        {
          prefix: 'codeless',
          leftOut: call,
          kept: giveUp,
          linesOf,
        },
      );
    });

    await lesson.step('After: both lines are back, and the answered calls still leave none', async () => {
      await round('codeless', `${bad} calls with 404 leave ${bad} lines, the other two one each, and 200 none`, {
        ok: 0,
        notFound: bad,
        givenUp: 1,
        tcp: 1,
      });
    });

    await lesson.step('A second resource asks for all lines but the 404s, and is ignored', async () => {
      await cluster.change('40-all-but-404.yaml');
      const { stdout } = await cluster.attempt('istioctl', ...analysis);
      await lesson.check(
        'the analysis says that two resources are in conflict, and names both',
        stdout
          .split('\n')
          .filter((line) => conflict.test(line))
          .join('\n'),
        (text) => text.includes('failures') && text.includes('all-but-404'),
      );
      // istiod takes changes in their order, so one that has arrived shows that the second resource was read before it.
      await cluster.change('20-errors-only.yaml');
      await untilLogKeeps(
        cluster,
        'a later change of the older one is in force: 404 is written down, and a call that was given up is not',
        log,
        {
          prefix: 'older',
          leftOut: giveUp,
          kept: failing,
          linesOf,
        },
      );
      await round('ignored', 'the lines are those of the older resource', {
        ok: 0,
        notFound: bad,
        givenUp: 0,
        tcp: 0,
      });
    });

    await lesson.step('The older one is deleted, and the second is in force', async () => {
      await cluster.revert('20-errors-only.yaml');
      await untilLogKeeps(cluster, 'a call with 200 is written down, and one with 404 right before it is not', log, {
        prefix: 'newer',
        leftOut: failing,
        kept: call,
        linesOf,
      });
      await round(
        'newer',
        `${good} calls with 200 leave ${good} lines, the other two one each, and 404 none`,
        { ok: good, notFound: 0, givenUp: 1, tcp: 1 },
        staysMs,
      );
    });
  },
);
