import {
  cautious,
  documents,
  doraChange,
  readExample,
  exercise,
  plausibilityOf,
  totals,
} from '../../../helpers/index.ts';

exercise(
  'The sheets show where the story contradicts itself',
  {
    persona: 'Marcus Chen',
    question: 'Somebody on my board reads closely. Which of our figures do not fit one another?',
    proof:
      'Nothing is held against the story but the story: each figure is calculated from others on the same pages. The sheets that go to the board have to say the same in words, so the contradictions cannot be left out by accident.',
    takeaway: 'Say yourself where your figures do not fit; a board that finds it for you believes none of them.',
    needs: ['calc'],
    proves: ['m2.e7.a1'],
    errata: ['E235', 'E236', 'E237', 'E238', 'E253'],
    readMore: 'https://dora.dev/guides/dora-metrics/',
  },
  async ({ lesson }) => {
    const inputs = await readExample();
    const sheets = documents(inputs, []);
    const sheet = (name: string) => sheets.get(name) ?? '';

    await lesson.step('The hours that are told are not the hours that are booked', async () => {
      const { told, bookedHours, bookedPercentOfTold } = plausibilityOf(inputs);
      await lesson.check(
        '2,400 hours are told, 115 are booked',
        { told: told?.hours, bookedHours, bookedPercentOfTold },
        (hours) => hours.told === 2_400 && hours.bookedHours === 115 && hours.bookedPercentOfTold === 4.8,
      );
      await lesson.check('the sheet says so', sheet('marcus-current-costs.md'), (text) =>
        text.includes('2,400 hours a month, or $360,000. The table books 115 hours: 4.8 % of that'),
      );
    });

    await lesson.step('Downtime cannot fall to zero while deployments still fail', async () => {
      const { before, after } = inputs.dora.changeFailurePercent;
      const downtime = inputs.costs.filter(({ name }) => name.includes('downtime'));
      await lesson.check('3 of 15 % of deployments go on failing', { before, after }, (rate) => rate.after > 0);
      await lesson.check(
        'so $32,000 are saved, not $40,000',
        [totals(downtime), totals(cautious(downtime))],
        ([all, careful]) => all?.value === 40_000 && careful?.value === 32_000,
      );
      await lesson.check(
        'the sheet gives the cautious total beside the other',
        sheet('marcus-service-mesh-value.md'),
        (text) => text.includes('$106,700 (60.2 %)') && text.includes('leaves a fifth of the failures'),
      );
    });

    await lesson.step('Four DORA metrics, by their names of today', async () => {
      const { leadTime, recovery } = doraChange(inputs.dora);
      await lesson.check(
        'the lead time falls by 60.0, 75.0 or 85.7 %',
        leadTime,
        ({ worst, midpoint, best }) => worst === 60 && midpoint === 75 && best === 85.7,
      );
      await lesson.check('the recovery time by 99.8 %', recovery, (value) => value === 99.8);
      const dora = sheet('dora-metrics-improvement.md');
      await lesson.check('the metric has its name of today', dora, (text) =>
        text.includes('## Failed deployment recovery time'),
      );
      await lesson.check('what the recovery leaves out is said', dora, (text) =>
        text.includes('Not in it: noticing the failure and deciding to roll back'),
      );
      await lesson.check('a figure that no exercise measured is not passed off as measured', dora, (text) =>
        text.includes('(assumed; m2.e7.a5: not measured in this run)'),
      );
    });
  },
);
