import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { exampleCurriculum, exampleModule, exampleRolePlay } from '../curriculum/examples.ts';
import { exerciseProgress } from '../progress/exercise-progress.ts';
import type { ProgressEntry } from '../progress/progress.ts';
import { gridLines, nextLines, practiceLines } from './progress-lines.ts';

const entries: ProgressEntry[] = [
  { kind: 'ran', date: '2026-11-20T10:00:00Z', held: ['m1.e1.a1'], failed: [] },
  { kind: 'explained', date: '2026-11-21T10:00:00Z', id: 'm1.e1', answers: [], verdict: 'partly' },
  { kind: 'explained', date: '2026-11-22T10:00:00Z', id: 'm1', answers: [], verdict: 'yes' },
  {
    kind: 'played',
    date: '2026-11-23T10:00:00Z',
    scenario: 'names',
    points: 17,
    traps: 1,
    passed: false,
    used: ['m1.e1.a1'],
  },
  { kind: 'drilled', date: '2026-11-24T10:00:00Z', named: true, elapsedMs: 252_000, guesses: 2, hints: 1 },
  { kind: 'presented', date: '2026-11-24T10:00:00Z', demo: 'security', live: true },
];
const words = (lines: readonly string[]) =>
  lines.map((line) => stripVTControlCharacters(line).replaceAll(/ {2,}/g, ' | '));

test('the grid has each exercise with what was run, explained and used, and its module above it', () => {
  const exercises = exerciseProgress(exampleCurriculum, entries);
  expect(words(gridLines([exampleModule], exercises, entries))).toEqual([
    ' | ran and held | explained | in talks',
    'm1 | Foundation | yes, 2026-11-22',
    'm1.e1 | Names | 1 of 2, 2026-11-20 | partly, 2026-11-21 | 1',
  ]);
  expect(words(gridLines([exampleModule], exerciseProgress(exampleCurriculum, []), []))).toContain(
    'm1.e1 | Names | – | –',
  );
});

test('talks and demos are told with how they went last', () => {
  expect(words(practiceLines([exampleRolePlay], entries))).toEqual([
    'Talks that you practised',
    'names | Names | 17 of 20, 1 trap, not passed, 2026-11-23',
    '',
    'Drills, the last ones',
    'named in 4:12, 2 guesses, 1 hint, 2026-11-24',
    '',
    'Demonstrations that you gave',
    'security | live, with everything held, 2026-11-24',
  ]);
  expect(words(practiceLines([exampleRolePlay], []))).toEqual(['Talks that you practised', 'names | Names | –']);
});

test('what to do next is a line to type, or nothing is left', () => {
  const next = words(nextLines(exerciseProgress(exampleCurriculum, entries)));
  expect(next).toEqual(['Next', 'make explain ID=m1.e1 | you could not explain all of it']);
  expect(words(nextLines([]))).toEqual(['Of each numbered exercise you ran something and could explain it.']);
});
