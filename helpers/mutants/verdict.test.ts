import { expect, test } from 'vitest';

import { ExpectationError } from '../system/expectation-error.ts';
import { mutantEnd } from './verdict.ts';

test('only an expectation of the exercise kills a mutant, and green is survival', () => {
  expect(mutantEnd('a port', new ExpectationError('Expected a refusal', true))).toMatchObject({ end: 'killed' });
  expect(mutantEnd('a port', undefined)).toMatchObject({ end: 'survived', mutant: 'a port' });
  expect(mutantEnd('a port', new Error('kubectl failed'))).toMatchObject({ end: 'not met', reason: 'kubectl failed' });
});

test('a mutant that the API server refuses was never in force, and one that was not reached says nothing', () => {
  const refusal = new Error('kubectl apply -f - exited with 1\nspec is invalid');
  expect(mutantEnd('a port', refusal)).toMatchObject({ end: 'refused', mutant: 'a port' });
  expect(mutantEnd(undefined, new Error('the deployment is not ready'))).toMatchObject({ end: 'not met', mutant: '' });
});
