import { describe, expect, test } from 'vitest';

import { selects } from './selectors.ts';

const clerk = { app: 'clerk', floor: '1' };
const expression = (key: string, operator: string, values?: string[]) => ({
  matchExpressions: [{ key, operator, ...(values && { values }) }],
});

describe('a label selector', () => {
  test.for([
    ['the empty selector selects everything', {}, true],
    ['matchLabels that all agree select', { matchLabels: { app: 'clerk', floor: '1' } }, true],
    ['one of two matchLabels is not enough', { matchLabels: { app: 'clerk', floor: '2' } }, false],
    ['In selects a listed value', expression('app', 'In', ['vault', 'clerk']), true],
    ['In does not select a label that is absent', expression('role', 'In', ['clerk']), false],
    ['NotIn selects another value', expression('app', 'NotIn', ['vault']), true],
    ['NotIn selects a label that is absent', expression('role', 'NotIn', ['vault']), true],
    ['NotIn does not select a listed value', expression('app', 'NotIn', ['clerk']), false],
    ['Exists selects a label whatever its value', expression('floor', 'Exists'), true],
    ['Exists does not select an absent label', expression('role', 'Exists'), false],
    ['DoesNotExist selects an absent label', expression('role', 'DoesNotExist'), true],
    ['DoesNotExist does not select a present label', expression('app', 'DoesNotExist'), false],
    [
      'labels and expressions must both hold',
      { matchLabels: { app: 'clerk' }, ...expression('role', 'Exists') },
      false,
    ],
  ] as const)('%s', ([, selector, expected]) => {
    expect(selects(structuredClone(selector) as Parameters<typeof selects>[0], clerk)).toBe(expected);
  });

  test('an operator that the API does not have is an error, not an empty selection', () => {
    expect(() => selects(expression('app', 'Near', ['clerk']), clerk)).toThrow('unknown selector operator Near');
  });
});
