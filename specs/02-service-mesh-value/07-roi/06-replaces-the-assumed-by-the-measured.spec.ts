import {
  answered,
  answeringVersion,
  between,
  documents,
  readExample,
  exercise,
  failsWith,
  failures,
  moments,
  timeline,
} from '../../../helpers/index.ts';

const onV1 = answered(200, '"version":"v1"');
const badV2 = failsWith(500, '"version":"v2"');

exercise(
  'The sheets replace an assumed recovery time by the one that this run measured',
  {
    persona: 'Marcus Chen',
    question: 'The sheet promises recovery in 30 seconds instead of four hours. Who has measured that?',
    proof:
      'A bad version serves everybody and fails every call; one manifest takes the traffic off it while a customer keeps calling. The time from that command to the last failed call is measured on the calls themselves. The same sheet is then written twice: without the measurement it calls its figure assumed, with it the figure, the assertion and the run take that place.',
    takeaway: 'Put a measurement where a promise stood, and say what it does not count.',
    needs: ['k8s', 'sidecar'],
    proves: ['m2.e7.a5'],
    errata: ['E237'],
    readMore: 'https://dora.dev/guides/dora-metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');

    await lesson.step('Before: the bad release answers everybody with an error', async () => {
      await customer.settlesOn(badV2);
    });

    let seconds = Number.NaN;
    await lesson.step('While customers call, one manifest takes the traffic off it', async () => {
      const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
        await calling.calls(10);
        await calling.mark('roll back');
        await cluster.change('20-roll-back.yaml');
        await customer.settlesOn(onV1);
        await calling.mark('recovered');
        await calling.calls(10);
      });
      await lesson.show(
        'Who answered, failures in red',
        timeline(
          moments(load.replies, ({ body, status }) => answeringVersion(body) ?? `HTTP ${status}`),
          load.milestones,
        ),
      );
      const phases = {
        before: failures(between(load, '', 'roll back')),
        after: failures(between(load, 'recovered')),
      };
      await lesson.check(
        'every call failed before the roll-back, and none once it had arrived',
        phases,
        ({ before, after }) =>
          before.calls > 0 && before.failed === before.calls && after.calls > 0 && after.failed === 0,
      );
      const decided = load.milestones.find(({ label }) => label === 'roll back')?.seconds ?? Number.NaN;
      const lastFailed = load.replies.findLast(({ status }) => status !== 200)?.at ?? Number.NaN;
      seconds = lastFailed - decided;
      await lesson.check(
        'the last failed call began after the decision, and long before the promised half minute',
        { seconds },
        (seen) => seen.seconds > 0 && seen.seconds < 30,
      );
      await lesson.measure('m2.e7.a5', 'From the command that rolls back to the last failed call', seconds, 'seconds');
    });

    await lesson.step('The sheet without and with the measurement', async () => {
      const inputs = await readExample();
      const sheet = (...measured: Parameters<typeof documents>[1]) =>
        documents(inputs, measured).get('dora-metrics-improvement.md') ?? '';
      await lesson.check('without it the figure is called assumed', sheet(), (text) =>
        text.includes('After: 30 seconds (assumed; m2.e7.a5: not measured in this run)'),
      );
      const [found] = lesson.recorder.measurements;
      const written = found === undefined ? '' : sheet({ ...found, run: 'of this report' });
      await lesson.check('with it stand the figure, the assertion and the run', written, (text) =>
        text.includes(`After: ${found?.value} seconds (measured by m2.e7.a5, run of this report)`),
      );
    });
  },
);
