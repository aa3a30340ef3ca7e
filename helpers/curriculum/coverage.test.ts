import { expect, test } from 'vitest';

import { type AssertionResult, assertionResultOf } from '../record/assertion-results.ts';
import type { Card } from '../record/card.ts';
import { exampleExercise } from '../record/examples.ts';
import type { Cards } from './cards.ts';
import { coverage, assertionStatus, summary, unknownClaims } from './coverage.ts';
import { exampleExerciseCard, exampleModule } from './examples.ts';

function proof(status: string, ids: readonly string[], reason = ''): AssertionResult {
  return { page: `page-${status}`, claim: `It ${status}`, status, reason, ids };
}

const module = exampleModule;
const cards: Cards = {
  modules: [],
  exercises: [
    {
      ...exampleExerciseCard,
      folder: '01-foundation/01-names',
      reflection: [{ question: 'Why?', answer: 'So.', provenBy: ['m1.e1.a1', 'm1.e1.a2'] }],
    },
  ],
};
const none = new Map<string, string[]>();

function statesWith(...assertionResults: AssertionResult[]): string[] {
  return coverage({ modules: [module] }, cards, none, assertionResults).map(({ state }) => state);
}

test('an assertion is proven by an exercise that passed', () => {
  expect(assertionStatus('m1.e1.a1', [proof('passed', ['m1.e1.a1'])])).toEqual({
    id: 'm1.e1.a1',
    state: 'proven',
    reason: '',
    by: { claim: 'It passed', page: 'page-passed' },
  });
});

test('an assertion is not proven by a pass where another exercise that names it failed', () => {
  const assertionResults = [proof('passed', ['m1.e1.a1']), proof('broken', ['m1.e1.a1'], 'no answer')];
  expect(assertionStatus('m1.e1.a1', assertionResults)).toMatchObject({ state: 'failed', reason: 'no answer' });
});

test('a part that was skipped leaves the whole unproven, and says why', () => {
  const skip = proof('skipped', ['m1.e1.a1'], 'needs kiali');
  expect(assertionStatus('m1.e1.a1', [skip])).toMatchObject({ state: 'skipped', reason: 'needs kiali' });
  expect(assertionStatus('m1.e1.a1', [skip, proof('passed', ['m1.e1.a1'])])).toMatchObject({ state: 'skipped' });
});

test('what did not run is open, and tells an exercise left out from one not yet written', () => {
  expect(assertionStatus('m1.e1.a1', []).reason).toBe('no exercise proves it yet');
  expect(assertionStatus('m1.e1.a1', [], ['01-names.spec.ts']).reason).toBe('01-names.spec.ts was not part of the run');
});

test('answers to questions are as good as the worst result that they cite', () => {
  const first = proof('passed', ['m1.e1.a1']);
  expect(statesWith(first)).toEqual(['proven', 'open', 'open']);
  expect(statesWith(first, proof('skipped', ['m1.e1.a2']))).toEqual(['proven', 'skipped', 'skipped']);
  expect(statesWith(first, proof('failed', ['m1.e1.a2']))).toEqual(['proven', 'failed', 'failed']);
  expect(statesWith(proof('passed', ['m1.e1.a1', 'm1.e1.a2']))).toEqual(['proven', 'proven', 'proven']);
});

test('an assertion that follows from those of other exercises is as good as the worst of them', () => {
  const row = { ...module.exercises[0]!.assertions[0]!, id: 'm1.e1.a9', follows: ['m1.e1.a1', 'm9.e1.a1'] };
  const modules = [{ ...module, exercises: [{ ...module.exercises[0]!, assertions: [row] }] }];
  const first = proof('passed', ['m1.e1.a1']);
  expect(coverage({ modules }, cards, none, [first])).toEqual([
    { id: 'm1.e1.a9', state: 'open', reason: 'rests on m9.e1.a1' },
  ]);
  expect(coverage({ modules }, cards, none, [first, proof('passed', ['m9.e1.a1'])])).toMatchObject([
    { state: 'proven' },
  ]);
});

test('answers without any result behind them are open', () => {
  const [, , questions] = coverage({ modules: [module] }, { modules: [], exercises: [] }, none, [
    proof('passed', ['m1.e1.a1']),
  ]);
  expect(questions).toMatchObject({ id: 'm1.e1.rq', state: 'open', reason: 'no answer cites a result' });
});

test('a card that names an id outside the curriculum is found', () => {
  const claims = new Map([
    ['m1.e1.a1', ['a.spec.ts']],
    ['m1.e1.a7', ['a.spec.ts', 'b.spec.ts']],
  ]);
  expect(unknownClaims({ modules: [module] }, claims)).toEqual(['m1.e1.a7, named by a.spec.ts, b.spec.ts']);
});

test('a summary counts one module, and tells failures when there are any', () => {
  const assertionStatuses = coverage({ modules: [module] }, cards, none, [proof('passed', ['m1.e1.a1'])]);
  expect(summary('m1', assertionStatuses)).toBe('m1: 1 proven, 0 skipped, 2 open');
  expect(summary('m1', [{ id: 'm1.e1.a1', state: 'failed', reason: '' }])).toBe(
    'm1: 0 proven, 1 failed, 0 skipped, 0 open',
  );
  expect(summary('m2', assertionStatuses)).toBe('m2: 0 proven, 0 skipped, 0 open');
});

test('what an exercise judged is what its card says it proves', () => {
  const proves = ['m1.e4.a2', 'm1.clean.a1', 'x.10'];
  const recorded = { ...exampleExercise, card: { proves } as unknown as Card };
  expect(assertionResultOf(recorded)).toMatchObject({ claim: 'c', status: 'passed', ids: proves });
  expect(assertionResultOf(exampleExercise).ids).toEqual([]);
});
