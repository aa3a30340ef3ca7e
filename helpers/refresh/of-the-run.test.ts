import { expect, test } from 'vitest';

import type { KnownErratum } from '../curriculum/curriculum.ts';
import type { Card } from '../record/card.ts';
import { exampleExercise, exampleFacts } from '../record/examples.ts';
import type { Drift } from '../runs/drift.ts';
import { deprecationsItem, disproofs, disproofsItem, driftItem, suiteItem } from './of-the-run.ts';

const errata: KnownErratum[] = ['E1', 'E2', 'E3'].map((id) => ({
  id,
  evidence: ['known'],
  claim: `claim of ${id}`,
  truth: 'It is not so.',
}));
const shows = (status: string, ...ids: string[]) => ({
  ...exampleExercise,
  status,
  message: status === 'failed' ? 'It held.\nmore' : '',
  card: { errata: ids } as unknown as Card,
});
const run = { facts: exampleFacts, commit: '', only: '', leftovers: [] };
const drift: Drift = { path: 'p', kind: 'status', what: 'the exercise', a: 'passed', b: 'failed: x' };

test('a suite is good if everything that ran held, and says what did not', () => {
  expect(suiteItem({ ...run, exercises: [shows('passed'), shows('skipped')] })).toMatchObject({
    state: 'good',
    says: '2 exercises on Istio 1.31, Kubernetes unknown: 1 proven, 0 not, 1 skipped. 1.4 min.',
  });
  expect(suiteItem({ ...run, only: 'm1', exercises: [shows('failed')] })).toMatchObject({
    state: 'bad',
    says: expect.stringContaining('This is a part of the course: m1.'),
    lines: ['01-foundation/04-network-policy/01-blocks: It held.'],
  });
  expect(suiteItem({ ...run, exercises: [] }).state).toBe('bad');
  expect(suiteItem({ ...run, leftovers: ['A namespace stays.'], exercises: [shows('passed')] }).state).toBe('bad');
});

test('drift is red where a lesson no longer holds, and not where one came, went or passes again', () => {
  const state = (change: Partial<Drift>) => driftItem([{ ...drift, ...change }], 'f').state;
  expect(state({})).toBe('bad');
  expect(state({ kind: 'disproof', a: 'shown to be wrong', b: 'no longer' })).toBe('bad');
  expect(state({ a: 'not there' })).toBe('look');
  expect(state({ b: 'not there' })).toBe('look');
  expect(state({ a: 'failed: x', b: 'passed' })).toBe('look');
  expect(state({ kind: 'wait' })).toBe('look');
  const lines = ['passed', 'not there'].flatMap((a) => driftItem([{ ...drift, a }], 'f').lines);
  expect(lines).toEqual(['p: passed then, failed: x now', 'new: p: failed: x']);
  expect(driftItem([{ ...drift, b: 'not there' }], 'f').lines).toEqual(['gone: p']);
  expect(driftItem([], 'f').state).toBe('good');
  expect(driftItem(undefined, 'f').state).toBe('unknown');
});

test('a warning that was not there before is told, whatever in it differs by accident', () => {
  const warns = (text: string) => ({ ...exampleExercise, warnings: [{ step: 's', text }] });
  const before = { ...run, exercises: [warns('Warning: old at 2026-11-01T02:00:00Z')] };
  const same = { ...run, exercises: [warns('Warning: old at 2026-12-01T02:00:00Z')] };
  expect(deprecationsItem(same, before)).toMatchObject({ state: 'good', says: '1 warning, 0 new.' });
  const facts = { ...exampleFacts, deprecatedApis: ['v1 endpoints'] };
  const newer = { ...run, facts, exercises: [warns('Warning: new')] };
  const then = { ...before, facts: { ...exampleFacts, deprecatedApis: [] } };
  expect(deprecationsItem(newer, then)).toMatchObject({
    state: 'look',
    says: '2 warnings, 2 new, 1 gone.',
    lines: expect.arrayContaining(['new: Warning: new', 'new: deprecated API: v1 endpoints']),
  });
  expect(deprecationsItem(newer, undefined)).toMatchObject({
    state: 'unknown',
    says: expect.stringContaining('nothing to compare with'),
  });
});

test('a claim is shown to be wrong while all that judge it pass, and not judged where nothing did', () => {
  const states = (...exercises: ReturnType<typeof shows>[]) => Object.fromEntries(disproofs(errata, exercises));
  expect(states(shows('passed', 'E1', 'E2'), shows('failed', 'E2'), shows('skipped', 'E3'))).toEqual({
    E1: 'shown',
    E2: 'no longer shown',
    E3: 'not judged',
  });
});

test('a claim that may have become true is red, and any other change is to be read', () => {
  const before = { ...run, exercises: [shows('passed', 'E1', 'E2')] };
  const after = { ...run, exercises: [shows('failed', 'E1'), shows('passed', 'E3')] };
  expect(disproofsItem(errata, after, before)).toEqual({
    title: 'Disproofs',
    state: 'bad',
    says: '1 wrong claim shown to be wrong, 1 no longer, 1 not judged by an exercise of this run; 3 changed.',
    lines: [
      'may hold now: E1: “claim of E1”',
      'shown then, not judged now: E2: “claim of E2”',
      'not judged then, shown now: E3: “claim of E3”',
    ],
  });
  expect(disproofsItem(errata, before, before).state).toBe('good');
  expect(disproofsItem(errata, before, undefined)).toMatchObject({
    state: 'unknown',
    says: expect.stringContaining('; nothing to compare with.'),
  });
});
