import { expect, test } from 'vitest';

import { summaryOfIncident } from './incident-summary.ts';

const tally = {
  seed: 7,
  played: true,
  named: true,
  queriesNamedIt: true,
  guesses: 2,
  hints: 1,
  elapsedMs: 192_000,
  stopped: false,
  leftovers: [],
};
const again = 'SEED=7 make incident plays the same fault again.';

test('a fault that was named, by the person and by the queries, is 0', () => {
  expect(summaryOfIncident(tally)).toEqual({
    lines: [
      'You named it, in 3:12, after 2 guesses and 1 hint. The five queries named it. Everything is taken back.',
      again,
    ],
    exitCode: 0,
  });
});

test('a person who gave up is 1, and so is a fault that the queries did not name', () => {
  const gaveUp = summaryOfIncident({ ...tally, named: false, guesses: 1, hints: 0 });
  expect(gaveUp.lines[0]).toMatch(/^You did not name it, in 3:12, after 1 guess and 0 hints\./);
  expect(gaveUp.exitCode).toBe(1);
  expect(summaryOfIncident({ ...tally, queriesNamedIt: false }).exitCode).toBe(1);
});

test('where nobody played, the queries decide', () => {
  const alone = { ...tally, played: false, named: false };
  expect(summaryOfIncident(alone)).toEqual({
    lines: ['The five queries named it. Everything is taken back.', again],
    exitCode: 0,
  });
  expect(summaryOfIncident({ ...alone, queriesNamedIt: false }).exitCode).toBe(1);
});

test('ended before the end is 130, and 1 if something was left', () => {
  expect(summaryOfIncident({ ...tally, stopped: true })).toEqual({
    lines: ['Ended before the end. Everything is taken back.', again],
    exitCode: 130,
  });
  const leftovers = ['Left behind: Secret default x.'];
  expect(summaryOfIncident({ ...tally, stopped: true, leftovers })).toEqual({
    lines: ['Ended before the end. Left behind: Secret default x.', again],
    exitCode: 1,
  });
  expect(summaryOfIncident({ ...tally, leftovers }).exitCode).toBe(1);
});
