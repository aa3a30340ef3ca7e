import { documents, readExample, exercise, monthsToBeFaster, reductionPercent } from '../../../helpers/index.ts';

exercise(
  'Adopting a mesh is faster than building one by what the months allow',
  {
    persona: 'Marcus Chen',
    question: 'How much sooner do we have it if we adopt, and who can tell me that it works at our size?',
    proof:
      'The promised 95 % is turned round: how few months would adopting have to take? The plan on the same page says that the migration alone takes three. What remains is calculated with the kindest and the unkindest months that the page states.',
    takeaway: 'Faster is months against months; ask for both before you repeat the percentage.',
    needs: ['calc'],
    proves: ['m2.e8.a1'],
    errata: ['E233', 'E247'],
    readMore: 'https://istio.io/latest/about/case-studies/',
  },
  async ({ lesson }) => {
    const inputs = await readExample();

    await lesson.step('95 % faster would take about one month', async () => {
      const { best, worst } = inputs.build.parityMonths;
      const { migration } = inputs.adopt;
      await lesson.check(
        '0.9 to 1.2 months, and the migration alone takes three',
        [monthsToBeFaster(best, 95), monthsToBeFaster(worst, 95), migration.months],
        ([least, most = 0, months = 0]) => least === 0.9 && most === 1.2 && months > most,
      );
      await lesson.check(
        'in three to five months it is 72.2 to 87.5 % faster',
        [reductionPercent(best, 5), reductionPercent(worst, migration.months)],
        ([least, most]) => least === 72.2 && most === 87.5,
      );
    });

    await lesson.step('And the sheet promises no more, and names nobody who did not say so', async () => {
      const sheet = documents(inputs, []).get('build-vs-buy.md') ?? '';
      await lesson.check('it gives the ranges', sheet, (text) =>
        text.includes('83.3 % to 87.5 % faster, or 72.2 % to 79.2 %'),
      );
      await lesson.check('it promises neither 90 % nor a flat 95 %', sheet, (text) => !/90 %|95 % faster/.test(text));
      await lesson.check(
        'it names no user, and points to published case studies',
        sheet,
        (text) => !/Netflix|Google/.test(text) && text.includes('https://istio.io/latest/about/case-studies/'),
      );
    });
  },
);
