import {
  chanceOutside,
  exercise,
  onceIn,
  queryArguments,
  readNotifications,
  readSamples,
  timeline,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm6-e6-budget';
/** Of a thousand calls one may fail. An alert is due when the budget burns so many times as fast as that. */
const [budget, factor] = [0.001, 14.4];
const limit = budget * factor;
const inPerCent = `${(limit * 100).toFixed(2)} %`;
/** The windows in seconds; in production they are an hour and five minutes. */
const [long, short] = [30, 5];
/** Seconds for which nothing is to be told: the long window, and what an alert needs from rule to pager. */
const silence = 35;
const perSecond = 40;
const share = 0.1;
/** Seconds until the long window is over the limit, if errors come evenly. */
const computed = (errors: number, window: number) => (limit / errors) * window;
/** Seconds, at most. */
const told = 30;
/** How seldom so many errors as it takes come later than five seconds before that. */
const needed = Math.ceil(limit * perSecond * long);
const late = onceIn(chanceOutside((told - 5) * perSecond, share, needed, Number.POSITIVE_INFINITY));
/** How seldom the short window is below the limit for a moment while errors go on, which would end the alert too early. */
const gap = onceIn(
  chanceOutside(short * perSecond, share, Math.ceil(limit * perSecond * short), Number.POSITIVE_INFINITY),
);

const inbox = ['get', '--raw', `/api/v1/namespaces/${namespace}/services/pager:http/proxy/inbox`];
const errors = 'sum(istio_requests_total{reporter="destination",response_code="500"})';
const ask = (promql: string) => queryArguments(promql, namespace);
const value = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? Number.NaN;

/** What the pager was told of one alert, in its order. */
const lettersOf = (letters: string, alert: string) =>
  readNotifications(letters).filter(({ group }) => group['alertname'] === alert);
const names = (letters: string) => [
  ...new Set(readNotifications(letters).map(({ group }) => group['alertname'] ?? '')),
];
const tell = (letters: string) =>
  readNotifications(letters)
    .map(({ at, status, group }) => `${new Date(at).toISOString()} ${status}: ${JSON.stringify(group)}`)
    .join('\n');

exercise(
  'Prometheus rule on the error budget pages for ten per cent of errors, and not for a burst',
  {
    persona: 'Lisa Andersson',
    question: 'Can I be paged only when users suffer?',
    proof: `About ${perSecond} calls a second go to a backend whose goal is 99.9 per cent, so its error budget is one failed call in a thousand. The windows of ${long} and ${short} seconds stand for an hour and five minutes. An alert that is always true is told to the pager first, so the way from rule to pager works. Then nothing else is told in ${silence} seconds without errors. A burst of seven failed calls sets off a rule on one per cent of errors. The rule on the budget says nothing of them in ${silence} seconds, and Prometheus has recorded that the short window was over the limit and the long one was not. When ten per cent of the calls fail, the pager is told within ${told} seconds and the name of the backend is in it (later by chance ${late}); the time is reported beside the computed one. After the repair the alert with two windows ends at least eight seconds before the one with the long window alone (while errors go on the short window is below the limit, at one moment, by chance ${gap}).`,
    takeaway:
      'Alert on how fast the error budget is used up: the long window makes sure that it matters, the short one lets the alert end.',
    needs: ['sidecar'],
    proves: ['m6.e6.a1', 'm6.e6.a2', 'm6.e6.a3', 'm6.e6.a4'],
    readMore: 'https://sre.google/workbook/alerting-on-slos/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const load = cluster.client('deployment/load');
    const backend = cluster.client('deployment/backend');
    const pager = cluster.client('deployment/pager');
    /** By the clock of the pager, in milliseconds; its letters have the same. */
    const now = async () => Number((await pager.run('node', '-p', 'Date.now()')).stdout.trim());
    const read = async (promql: string) => value((await cluster.kubectl(...ask(promql))).stdout);
    const pages = async (
      says: string,
      holds: (letters: string) => boolean,
      times: { readonly settleMs?: number; readonly staysMs?: number } = {},
    ) => cluster.eventually(says, inbox, holds, 'kubectl', { tell, ...times });
    const milestones: { at: number; label: string }[] = [];

    await lesson.step('Before: Prometheus counts an error, and nobody is told', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/load', 'backend');
      // The first value of a series is no increase, so the series of the errors has to be there before they come.
      await load.run('fortio', 'curl', '-quiet', 'http://backend/?status=500');
      await cluster.eventually('Prometheus has counted it', ask(errors), (answer) => value(answer) === 1);
      await pages('the pager was told nothing', (letters) => readNotifications(letters).length === 0);
    });

    await lesson.step(`Under a load of ${perSecond} calls a second Prometheus gets its rules`, async () => {
      const run = `url=http://backend/&qps=${perSecond}&c=4&t=on&async=on`;
      const { stdout } = await load.run('fortio', 'curl', '-quiet', `http://localhost:8080/fortio/rest/run?${run}`);
      await lesson.check('the load has started', stdout, (said) => said.includes('"started"'));
      await cluster.change('20-burn-rate.yaml');
      await cluster.kubectl('rollout', 'status', 'deployment/prometheus', '--timeout=60s');
      await pages(
        'the pager is told of the alert that is always true',
        (letters) => names(letters).join() === 'Watchdog',
      );
    });

    await lesson.step(`After: while all is well, nothing else is told for ${silence} seconds`, async () => {
      await pages('the pager was told of that alert alone', (letters) => names(letters).join() === 'Watchdog', {
        staysMs: silence * 1_000,
      });
      await lesson.check(
        'the long window is full of calls, and none of them failed',
        {
          perSecond: await read(`sum(rate(istio_requests_total{reporter="destination"}[${long}s]))`),
          failed: await read('service:errors:ratio30s'),
        },
        (seen) => seen.perSecond >= perSecond / 2 && seen.failed === 0,
      );
    });

    await lesson.step('A burst of seven failed calls: one rule pages, and not the one on the budget', async () => {
      const before = await read(errors);
      milestones.push({ at: await now(), label: 'seven failures' });
      const burst = ['-c', '1', '-n', '7', '-qps', '12', '-allow-initial-errors', 'http://backend/?status=500'];
      await load.run('fortio', 'load', '-quiet', ...burst);
      await cluster.eventually('seven more errors are counted', ask(errors), (answer) => value(answer) === before + 7);
      await pages(
        'the pager was told of the rule on one per cent of errors, and of neither of the others',
        (letters) => names(letters).toSorted().join() === 'StaticThreshold,Watchdog',
        { staysMs: silence * 1_000 },
      );
      // The silence began when the page had come; on a busy machine that is some time after the burst.
      const most = (ratio: string) => read(`max_over_time(service:errors:${ratio}[${silence + 60}s])`);
      await lesson.check(
        `the short window was over ${inPerCent}, and the long one never`,
        { short: await most('ratio5s'), long: await most('ratio30s') },
        (seen) => seen.short > limit && seen.long < limit && seen.long > 0,
      );
    });

    let firing = Number.NaN;
    await lesson.step('Ten per cent of the calls fail: the pager is told, and which service it is', async () => {
      const began = await now();
      milestones.push({ at: began, label: '10 % fail' });
      await backend.fault('status=500', `rate=${share}`);
      const letters = await pages(
        'the rule on the budget is firing',
        (seen) => lettersOf(seen, 'ErrorBudgetBurn').some(({ status }) => status === 'firing'),
        { settleMs: 60_000 },
      );
      const [letter] = lettersOf(letters, 'ErrorBudgetBurn');
      firing = ((letter?.at ?? Number.NaN) - began) / 1000;
      await lesson.check(
        'it names the backend',
        letter?.alerts.map(({ labels }) => labels['destination_workload']),
        (seen) => seen?.join() === 'backend',
      );
      await lesson.check(
        `it came within ${told} seconds of the fault`,
        firing,
        (seconds) => seconds > 0 && seconds <= told,
      );
      await lesson.measure('m6.e6.a3', 'from the fault to the page', firing, 'seconds');
    });

    await lesson.step('After the repair the alert ends, and earlier than with the long window alone', async () => {
      const repaired = await now();
      milestones.push({ at: repaired, label: 'repaired' });
      await backend.fault('none');
      /** When an alert ended after the repair; not a number while it has not. */
      const endOf = (letters: string, alert: string) => {
        const last = lettersOf(letters, alert).at(-1);
        return last?.status === 'resolved' && last.at > repaired ? (last.at - repaired) / 1000 : Number.NaN;
      };
      const letters = await pages(
        'both are told to be over',
        (seen) => ['ErrorBudgetBurn', 'LongWindowOnly'].every((alert) => !Number.isNaN(endOf(seen, alert))),
        { settleMs: 60_000 },
      );
      const ends = { twoWindows: endOf(letters, 'ErrorBudgetBurn'), longAlone: endOf(letters, 'LongWindowOnly') };
      await lesson.check(
        'with two windows it ended at least eight seconds earlier',
        ends,
        (seen) => seen.longAlone - seen.twoWindows >= 8,
      );
      await lesson.measure(
        'm6.e6.a4',
        'from the repair to the end of the page, with two windows',
        ends.twoWindows,
        'seconds',
      );
      await lesson.measure('m6.e6.a4', 'the same with the long window alone', ends.longAlone, 'seconds');

      const [start = repaired] = readNotifications(letters).map(({ at }) => at);
      const since = (at: number) => (at - start) / 1000;
      await lesson.show(
        'What the pager was told; red is the beginning of an alert',
        timeline(
          readNotifications(letters).map(({ at, status, group }) => ({
            seconds: since(at),
            kind: group['alertname'] ?? '',
            failed: status === 'firing',
          })),
          milestones.map(({ at, label }) => ({ seconds: since(at), label })),
        ),
      );
      const inWords = (seconds: number) =>
        seconds < 120 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
      lesson.table(
        `From the first error to the alert: limit ÷ share of errors × long window, where the limit is ${inPerCent}`,
        ['share of errors', `${long} s (this run)`, 'measured, with rule, grouping and pager', '1 h (calculated)'],
        [
          ['10 %', inWords(computed(share, long)), inWords(firing), inWords(computed(share, 3_600))],
          ['100 %', inWords(computed(1, long)), 'not measured', inWords(computed(1, 3_600))],
        ],
      );
    });
  },
);
