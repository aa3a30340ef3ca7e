import {
  documents,
  exercise,
  profileHeads,
  profileRows,
  profileVectors,
  readProfiles,
  resultsOf,
} from '../../../helpers/index.ts';

exercise(
  'Five customers get five returns, and for three of them people’s time alone pays nothing back in five years',
  {
    persona: 'Marcus Chen',
    question: 'You showed me my own return. Is it what others get, and what would they have to believe for it?',
    proof:
      'Five files of inputs go through one formula. Each result stands beside the one that was worked out by hand before. Then lost income is left out, so that people’s time alone has to pay for all that is spent. Last, each sheet is searched for figures that claim to be measured or given.',
    takeaway:
      'Ask for the customer’s own figures before you name a percentage: the formula is the same, and the return is not.',
    needs: ['calc'],
    proves: ['m2.e7.a4'],
    readMore: 'https://dora.dev/research/',
  },
  async ({ lesson }) => {
    const profiles = await readProfiles();
    const results = profiles.map(({ name, inputs }) => ({ name, inputs, result: resultsOf(inputs) }));

    await lesson.step('One formula, five files of inputs, each result as by hand', async () => {
      lesson.table('What they come to', profileHeads, profileRows(profiles));
      for (const [rule, examples] of Map.groupBy(profileVectors(profiles), ([name]) => name)) {
        await lesson.check(
          `${rule} agrees with ${examples.length} results`,
          examples.map(([, what, given, byHand]) => ({ what, given, byHand })),
          (all) => all.every(({ given, byHand }) => given === byHand),
        );
      }
    });

    await lesson.step('With every benefit, the first outlay is back after 5 months, or after 43', async () => {
      const paybacks = results.map(({ name, result }) => ({ name, months: Number(result.payback) }));
      await lesson.check(
        'the shortest and the longest payback',
        paybacks.toSorted((a, b) => a.months - b.months),
        (sorted) => sorted[0]?.months === 5.43 && sorted.at(-1)?.months === 43.38,
      );
    });

    await lesson.step('With people’s time alone, three of five are still below zero after five years', async () => {
      await lesson.check(
        'return after five years, lost income left out',
        results.map(({ name, result }) => ({ name, percent: result.hard.fiveYears })),
        (all) => all.filter(({ percent }) => percent < 0).length === 3,
      );
    });

    await lesson.step('No sheet claims that a figure was measured, and one alone that any was given', async () => {
      const sheets = results.map(({ name, inputs }) => ({
        name,
        basis: [...documents(inputs, []).values()].flatMap((text) => text.match(/^- (measured|given): .*$/gm) ?? []),
      }));
      await lesson.check('nothing is measured where no run was', sheets, (all) =>
        all.every(({ basis }) => basis.includes('- measured: none')),
      );
      await lesson.check(
        'the team of RapidScale alone is given',
        sheets,
        (all) => all.filter(({ basis }) => !basis.includes('- given: none')).length === 1,
      );
    });
  },
);
