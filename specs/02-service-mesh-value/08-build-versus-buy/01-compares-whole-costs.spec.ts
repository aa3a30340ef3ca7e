import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  adoptTotal,
  buildTotal,
  buildVectors,
  cheaperLimitPercent,
  cheaperPercent,
  comparisonOf,
  documents,
  engineering,
  readExample,
  exercise,
  fixturesDir,
  money,
  percent,
} from '../../../helpers/index.ts';

/** The sheet as it was read and agreed on; after a wanted change: make roi, read, copy from reports/roi. */
const agreed = join(fixturesDir, '02-service-mesh-value/08-build-versus-buy/01-compares-whole-costs');
const century = Array.from({ length: 100 }, (_, index) => index + 1);

exercise(
  'Building and adopting a mesh compare by their whole cost over the years',
  {
    persona: 'Marcus Chen',
    question: 'Shall we build this ourselves, buy it, or make do with something partial?',
    proof:
      'The promised 90 % is looked for at every horizon up to a hundred years, with the operator at either price and maintenance counted from either year, so no choice of horizon was made to miss it.',
    takeaway:
      'Adopting saves about three quarters over any number of years; say the horizon whenever you say a percentage.',
    needs: ['calc'],
    proves: ['m2.e8.a1'],
    errata: ['E231', 'E232', 'E234'],
    readMore: 'https://istio.io/latest/about/case-studies/',
  },
  async ({ lesson }) => {
    const inputs = await readExample();
    const corrected = comparisonOf(inputs);
    const text = { ...corrected, adopt: { ...corrected.adopt, perYear: 75_000 } };

    await lesson.step('An engineer costs the same everywhere', async () => {
      const { engineerPerYear } = inputs;
      await lesson.check(
        'half an engineer is $150,000',
        engineering(engineerPerYear, 0.5, 12),
        (cost) => cost === 150_000,
      );
      await lesson.check(
        'six for 18 to 24 months are $2.7M to $3.6M',
        [18, 24].map((months) => engineering(engineerPerYear, 6, months)),
        ([least, most]) => least === 2_700_000 && most === 3_600_000,
      );
      await lesson.check(
        'R.5 to R.7 agree with work done by hand',
        buildVectors,
        (all) => all.length > 30 && all.every(([, , given, byHand]) => given === byHand),
      );
    });

    await lesson.step('No horizon makes adopting 90 % cheaper', async () => {
      lesson.table(
        'Whole cost',
        ['years', 'build', 'adopt', 'cheaper by', 'with the text’s $75,000 operator'],
        [1, 3, 5, 10].map((years) => [
          String(years),
          money(buildTotal(corrected, years)),
          money(adoptTotal(corrected, years)),
          percent(cheaperPercent(corrected, years)),
          percent(cheaperPercent(text, years)),
        ]),
      );
      const cases = [corrected, text].flatMap((comparison) => [
        comparison,
        { ...comparison, maintainedFrom: 'first year' as const },
      ]);
      await lesson.check(
        'the most in a hundred years, in four ways of counting, is below 90 %',
        cases.map((comparison) => Math.max(...century.map((years) => cheaperPercent(comparison, years)))),
        (most) => most.length === 4 && most.every((value) => value > 75 && value < 90),
      );
      await lesson.check(
        'it tends to 75.0 %, or 87.5 % with the text’s operator',
        [corrected, text].map(cheaperLimitPercent),
        ([own, other]) => own === 75 && other === 87.5,
      );
    });

    await lesson.step('And the sheet says no more than that', async () => {
      const sheet = documents(inputs, []).get('build-vs-buy.md') ?? '';
      const golden = await readFile(join(agreed, 'build-vs-buy.md'), 'utf8');
      await lesson.check('build-vs-buy.md has not changed', sheet, (now) => now === golden);
    });
  },
);
