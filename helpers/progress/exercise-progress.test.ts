import { expect, test } from 'vitest';

import { exampleCurriculum } from '../curriculum/examples.ts';
import { exerciseProgress, lastExplained, nextSteps } from './exercise-progress.ts';
import type { ProgressEntry } from './progress.ts';

const ran = (date: string, held: string[], failed: string[] = []): ProgressEntry => ({
  kind: 'ran',
  date,
  held,
  failed,
});
const explained = (date: string, verdict: 'yes' | 'partly' | 'no'): ProgressEntry => ({
  kind: 'explained',
  date,
  id: 'm1.e1',
  answers: [],
  verdict,
});
const played: ProgressEntry = {
  kind: 'played',
  date: '2026-11-22',
  scenario: 'names',
  points: 12,
  traps: 0,
  passed: false,
  used: ['m1.e1.a1'],
};
const progress = (...entries: ProgressEntry[]) => exerciseProgress(exampleCurriculum, entries);

test('of each assertion the last end counts, and those that nobody asserts do not', () => {
  const [exercise] = progress(ran('2026-11-20', ['m1.e1.a1', 'm1.e1.a2']), ran('2026-11-21', [], ['m1.e1.a2']));
  expect(exercise).toMatchObject({ ran: { of: 2, held: 1, failed: 1 }, ranOn: '2026-11-21' });
});

test('the last explanation counts, and each talk in which a result was named', () => {
  const entries = [explained('2026-11-20', 'no'), explained('2026-11-21', 'yes'), played];
  expect(progress(...entries)[0]).toMatchObject({ explained: 'yes', explainedOn: '2026-11-21', talks: 1 });
  expect(lastExplained('m1.e1', entries)?.date).toBe('2026-11-21');
  expect(lastExplained('m1', entries)).toBeUndefined();
});

test('next comes what failed, then what was run and not explained, then what was explained in part, then what was not run', () => {
  const next = (...entries: ProgressEntry[]) => nextSteps(progress(...entries)).map(({ type }) => type);
  expect(next()).toEqual(['make follow ONLY=m1.e1']);
  expect(next(ran('2026-11-20', ['m1.e1.a1']))).toEqual(['make explain ID=m1.e1']);
  expect(next(ran('2026-11-20', [], ['m1.e1.a1']))).toEqual(['make course ONLY=m1.e1', 'make explain ID=m1.e1']);
  expect(next(ran('2026-11-20', ['m1.e1.a1']), explained('2026-11-21', 'partly'))).toEqual(['make explain ID=m1.e1']);
  expect(next(ran('2026-11-20', ['m1.e1.a1']), explained('2026-11-21', 'yes'))).toEqual([]);
});

test('the oldest comes first, and three are enough', () => {
  const at = (id: string, ranOn: string) => ({
    id,
    title: '',
    ran: { of: 1, held: 1, failed: 0 },
    ranOn,
    explained: undefined,
    explainedOn: '',
    talks: 0,
  });
  const steps = nextSteps([
    at('m1.e1', '2026-11-23'),
    at('m1.e2', '2026-11-20'),
    at('m1.e3', '2026-11-22'),
    at('m1.e4', '2026-11-21'),
  ]);
  expect(steps.map(({ type }) => type.slice(-5))).toEqual(['m1.e2', 'm1.e4', 'm1.e3']);
});
