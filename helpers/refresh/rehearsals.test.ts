import { expect, test } from 'vitest';

import { demosItem, lastWords } from './rehearsals.ts';

const demos = [{ demo: 'security' }, { demo: 'canary' }];

test('of all that a demo writes, the line that says how it ended is kept', () => {
  const output = '── 1 of 5\n\u001B[31mDone in 3:10 of 5:00.\u001B[39m Live 5 of 5 beats.\nIt took 1 s more.\n\n';
  expect(lastWords(output)).toBe('Done in 3:10 of 5:00. Live 5 of 5 beats.');
  expect(lastWords('no lab is up\nnext: make up\n')).toBe('next: make up');
  expect(lastWords('')).toBe('');
});

test('a demo that fails is red, and one that the lab cannot show is to be read', () => {
  const went = (...codes: number[]) =>
    demosItem(
      demos,
      codes.map((exitCode) => ({ demo: 'security', exitCode, says: 'Done' })),
    );
  expect(went(0, 0)).toMatchObject({ state: 'good', says: '2 of 2 demos in time and live in every step.' });
  expect(went(0, 3)).toMatchObject({ state: 'look', says: expect.stringContaining('1 cannot be shown here') });
  expect(went(3, 1).state).toBe('bad');
  expect(demosItem(demos, undefined)).toMatchObject({
    state: 'unknown',
    lines: ['make up, make demo-security PRESENT=auto', 'make up, make demo-canary PRESENT=auto'],
  });
});
