import { expect, test } from 'vitest';

import { ExpectationError } from '../system/expectation-error.ts';
import { mutantEnd } from './verdict.ts';

test('only an expectation of the exercise kills a mutant, and green is survival', () => {
  expect(mutantEnd('a port', new ExpectationError('Expected a refusal', false), true)).toMatchObject({ end: 'killed' });
  expect(mutantEnd('a port', undefined, true)).toMatchObject({ end: 'survived', mutant: 'a port' });
  expect(mutantEnd('a port', new Error('kubectl failed'), true)).toMatchObject({
    end: 'not met',
    reason: 'kubectl failed',
  });
});

test('a mutant that the API server refuses was never in force, and one that was not reached says nothing', () => {
  const refusal = new Error('kubectl apply -f - exited with 1\nspec is invalid');
  expect(mutantEnd('a port', refusal, true)).toMatchObject({ end: 'refused', mutant: 'a port' });
  expect(mutantEnd(undefined, new Error('the deployment is not ready'), false)).toMatchObject({
    end: 'not met',
    mutant: '',
  });
});

test('red where nothing was ever seen to work kills nobody', () => {
  const silence = new ExpectationError('Expected an answer', false);
  expect(mutantEnd('a port', silence, false)).toMatchObject({ end: 'not met' });
  expect(mutantEnd('a port', new ExpectationError('Expected a refusal', true), false)).toMatchObject({ end: 'killed' });
});
