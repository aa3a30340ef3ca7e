import { exercise, percentile } from '../../../helpers/index.ts';

const frontendLog = ['logs', '-l', 'app=frontend', '--timestamps', '--tail=-1'];
const counted = 9;
const lines = (text: string) => text.split('\n').filter((line) => line !== '');
/** Calls of the silent generator in the frontend's log; it, the pod that prints and the kubelet use three programs. */
const loadIn = (log: string) => lines(log).filter((line) => /"(GET|HEAD) \/ HTTP\/1\.1" 200 \d+ "-" "Wget"/.test(line));
/** Calls of the pod that prints a line for each. */
const pingsIn = (log: string) => lines(log).filter((line) => /"GET \/ HTTP\/1\.1" 200 \d+ "-" "curl\//.test(line));
const answersIn = (log: string) => lines(log).filter((line) => line.startsWith('HTTP '));

exercise(
  "Load shows in the server's log, and a generator's silence shows nothing",
  {
    persona: 'Marcus Chen',
    question: 'The load generator prints nothing, and they tell me that no news is good news. Is there load or not?',
    proof:
      'Two pods print nothing: one calls the frontend once a second, the other does nothing at all, so silence cannot tell them apart. The log of the frontend can: no such call stands in it before the generators come, then one a second or so, by the times of its own lines. A third pod prints each answer, and its lines are as many as those that the frontend wrote for it. Cut off from the frontends the silent generator does print an error, which shows that it was calling; once they are back, their log goes on.',
    takeaway: 'Count at the server: what a client does not print is evidence of nothing.',
    needs: ['k8s'],
    proves: ['m2.e1.a3', 'm2.e1.a4'],
    errata: ['E205'],
    readMore: 'https://kubernetes.io/docs/reference/kubectl/generated/kubectl_logs/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');

    await lesson.step('Before: nobody but the kubelet calls the frontends', async () => {
      const { stdout } = await cluster.kubectl(...frontendLog);
      await lesson.check(
        'their log has lines of the probes and none of a load',
        { lines: lines(stdout).length, load: loadIn(stdout).length + pingsIn(stdout).length },
        (seen) => seen.lines > 0 && seen.load === 0,
      );
    });

    await lesson.step('Three pods start: a silent generator, one that prints, one that does nothing', async () => {
      await cluster.change('20-generators.yaml');
    });

    await lesson.step("After: the load stands in the frontends' log, and its rate with it", async () => {
      await cluster.eventually('the first of its calls has come', frontendLog, (log) => loadIn(log).length > 0);
      const log = await cluster.eventually(
        `${counted} of its calls have come`,
        frontendLog,
        (text) => loadIn(text).length >= counted,
      );
      const times = loadIn(log)
        .map((line) => Date.parse(line.split(' ')[0] ?? ''))
        .toSorted((a, b) => a - b);
      const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1_000);
      // It sleeps a second between two calls; what a call itself takes, a busy machine draws out.
      await lesson.check(
        'from one call to the next it is a second and the time of the call',
        { medianSeconds: percentile(gaps, 50), inTenSeconds: Math.round(10 / percentile(gaps, 50)) },
        ({ medianSeconds }) => medianSeconds > 0.9 && medianSeconds < 2,
      );
    });

    await lesson.step('And its own log is as empty as that of the pod which does nothing', async () => {
      await cluster.eventually('all three run', ['get', 'pods', '-l', 'run', '--no-headers'], (list) =>
        lines(list).every((pod) => /\s1\/1\s+Running\s+0\s/.test(pod)),
      );
      await lesson.check(
        'neither the generator nor the idle pod has printed anything',
        [await cluster.kubectl('logs', 'load-generator'), await cluster.kubectl('logs', 'idle')].map(
          (log) => log.stdout,
        ),
        (logs) => logs.every((log) => log === ''),
      );
    });

    await lesson.step('The pod that prints says status and seconds, call by call', async () => {
      await cluster.eventually(
        'it has printed six lines or more',
        ['logs', 'traffic-ping'],
        (log) => answersIn(log).length > 5,
      );
      const printed = async () => answersIn((await cluster.kubectl('logs', 'traffic-ping')).stdout);
      const earlier = await printed();
      const served = pingsIn((await cluster.kubectl(...frontendLog)).stdout).length;
      const later = await printed();
      await lesson.check(
        'every answer is a line with status and seconds',
        later,
        (answers) => answers.length > 5 && answers.every((line) => /^HTTP 200 in \d+\.\d+s$/.test(line)),
      );
      await lesson.check(
        'and the frontends have written as many lines for it',
        { earlier: earlier.length, served, later: later.length },
        (seen) => seen.earlier <= seen.served && seen.served <= seen.later + 1,
      );
    });

    await lesson.step('The Service selects nobody: the generator prints an error, so it was calling', async () => {
      await cluster.kubectl('set', 'selector', 'service/frontend', 'app=nobody');
      await cluster.eventually('the generator cannot connect', ['logs', 'load-generator'], (log) =>
        lines(log).some((line) => line.startsWith('wget: ')),
      );
      await cluster.eventually('the pod that prints got no answer either', ['logs', 'traffic-ping'], (log) =>
        answersIn(log).some((line) => line.startsWith('HTTP 000 in ')),
      );
      await lesson.check(
        'the idle pod prints what it always printed',
        (await cluster.kubectl('logs', 'idle')).stdout,
        (log) => log === '',
      );
    });

    await lesson.step('And with the frontends behind it the same pods are served again', async () => {
      const before = (await cluster.kubectl(...frontendLog)).stdout;
      await cluster.kubectl('set', 'selector', 'service/frontend', 'app=frontend');
      await cluster.eventually(
        'calls of both go on in the log of the frontends',
        frontendLog,
        (log) => loadIn(log).length > loadIn(before).length && pingsIn(log).length > pingsIn(before).length,
      );
    });
  },
);
