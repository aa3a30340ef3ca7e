import { expect, test } from 'vitest';

import { summaryOfRolePlay } from './role-play-summary.ts';

const full = { trapped: false, fair: true, result: true, limit: true };

test('a pass is said to be one', () => {
  const { lines, exitCode } = summaryOfRolePlay({
    facts: 3,
    answers: [full, full, full, full, full],
    close: true,
    restored: false,
  });
  expect(lines).toEqual([
    '19 of 20 points, 5 of 5 objections met with a result that is proven, 0 traps. That is a pass.',
  ]);
  expect(exitCode).toBe(0);
});

test('what a pass lacks is named', () => {
  const poor = { ...full, result: false, fair: false };
  const { lines, exitCode } = summaryOfRolePlay({
    facts: 1,
    answers: [poor, poor, poor, poor, { ...full, trapped: true }],
    close: false,
    restored: false,
  });
  expect(lines).toEqual([
    '5 of 20 points, 0 of 5 objections met with a result that is proven, 1 trap. A pass would need 14 points and an answer without a trap and 3 objections met with a result that is proven.',
  ]);
  expect(exitCode).toBe(1);
});
