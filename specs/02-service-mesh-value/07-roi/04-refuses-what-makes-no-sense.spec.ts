import { readFile } from 'node:fs/promises';

import { exampleInputs, exercise, parseInputs, readExample, UsageProblem, vectors } from '../../../helpers/index.ts';

/** A slip of the pen, and the field that must be named with the range it accepts. */
const slips: readonly [from: RegExp, to: string, complaint: string][] = [
  [/quantity: 40/, 'quantity: -40', 'costs[0].quantity is -40; accepted: a number from 0 to 1000000'],
  [/percent: 70/, 'percent: 170', 'costs[0].saving.percent is 170; accepted: a number from 0 to 100'],
  [
    /(learning|migration): \{ engineers: 2/g,
    '$1: { engineers: 0',
    'more than 0 engineer-months of learning and migration',
  ],
  [/services: 40/, 'services: forty', 'team.services is "forty"; accepted: a number from 0 to 100000'],
  [/developers: 25/, 'devs: 25', 'team.developers is missing; accepted: a number from 1 to 100000'],
  [/before: 15,/, 'before: 0,', 'dora.changeFailurePercent.before is 0; accepted: a number from 0.001 to 100'],
];

function complaint(text: string): string {
  try {
    parseInputs(text, 'mine.yaml');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof UsageProblem)) throw error;
    return error.message;
  }
}

exercise(
  'The calculator agrees with work done by hand and refuses what makes no sense',
  {
    persona: 'Marcus Chen',
    question: 'I want to put in my own figures. How do I know the calculator is right, and that a slip of mine is not?',
    proof:
      'More than a hundred results were worked out by hand beforehand and stand beside what the calculator gives. The file of inputs is accepted as it is; each slip changes one thing in it, and the complaint has to name that very field and what it accepts.',
    takeaway: 'A calculator that accepts minus forty hours proves nothing with any other figure.',
    needs: ['calc'],
    proves: ['m2.e7.a4'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson, cluster }) => {
    const good = await readFile(exampleInputs, 'utf8');
    const worked = vectors(await readExample());

    await lesson.step('Every rule agrees with its worked examples', async () => {
      lesson.table(
        'Worked by hand, and calculated',
        ['rule', 'what', 'calculated', 'by hand'],
        worked.map((row) => row.map(String)),
      );
      for (const [rule, examples] of Map.groupBy(worked, ([name]) => name)) {
        await lesson.check(
          `${rule} agrees with ${examples.length} results`,
          examples.map(([, what, given, byHand]) => ({ what, given, byHand })),
          (all) => all.every(({ given, byHand }) => given === byHand),
        );
      }
      await lesson.check(
        'R.1 to R.12 are all there',
        [...new Set(worked.map(([rule]) => rule))],
        (rules) => rules.filter((rule) => /^R\.\d+$/.test(rule)).length === 12,
      );
    });

    await lesson.step('Before: the inputs as they are make sense', async () => {
      await lesson.check('they are accepted', complaint(good), (said) => said === 'accepted');
    });

    await lesson.step('After: one slip, and the field is named with what it accepts', async () => {
      for (const [from, to, words] of slips) {
        await lesson.check(
          `it is refused: ${to.replace('$1', 'learning and migration')}`,
          complaint(good.replace(from, to)),
          (said) => said.includes(words),
        );
      }
    });

    await lesson.step('And the command ends with a line that says what to do', async () => {
      const example = 'fixtures/02-service-mesh-value/07-roi/rapidscale.yaml';
      const slip = `node helpers/commands/roi.ts <(sed 's/quantity: 40/quantity: -40/' ${example})`;
      await lesson.check(
        'exit code 2, the field, the next step',
        await cluster.attempt('bash', '-c', slip),
        (seen) => seen.exitCode === 2 && seen.stderr.includes('next: correct costs[0].quantity in'),
      );
    });
  },
);
