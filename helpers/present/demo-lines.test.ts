import { expect, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { failureLines, figuresLines, labelled, recordedHead, titleLines } from './demo-lines.ts';

const place = { number: 1, of: 5, elapsedMs: 61_000 };

test('words are broken into lines below each other, and a long word has a line of its own', () => {
  expect(labelled('SAY', `one two three ${'x'.repeat(30)} four`, 26)).toEqual([
    'SAY   one two three',
    `      ${'x'.repeat(30)}`,
    '      four',
  ]);
});

test('a line of two spaces keeps them where it is not broken', () => {
  expect(labelled('SHOW', 'm1.e1.a1  It answers.', 60)).toEqual(['SHOW  m1.e1.a1  It answers.']);
});

test('a title that does not fit beside the clock has a line of its own', () => {
  expect(titleLines({ step: 'Before', seconds: 60 }, place, 50)).toEqual([
    '── 1 of 5  Before ────────────── 1:01  budget 1:00',
  ]);
  expect(titleLines({ step: 'Before: everybody is served', seconds: 60 }, place, 50)).toEqual([
    '── 1 of 5 ────────────────────── 1:01  budget 1:00',
    '      Before: everybody is served',
  ]);
});

test('a failure is two lines, whatever its length', () => {
  expect(failureLines({ expected: 'x'.repeat(200), seen: 'HTTP 200' }, 80)).toEqual([
    `      !! expected: ${'x'.repeat(60)}…`,
    '      !! seen:     HTTP 200',
  ]);
});

test('of many figures the first two lines are shown, each as far as it fits', () => {
  expect(figuresLines(`v1: 903, v2: 97\n\n${'x'.repeat(200)}\nmore`, 80)).toEqual([
    '        v1: 903, v2: 97',
    `        ${'x'.repeat(71)}…`,
  ]);
});

test('a recording says of which day, on what and of which commit it is, as far as that is known', () => {
  const recording = { facts: exampleFacts, commit: '', exercise: exampleExercise };
  expect(recordedHead(recording)).toBe('      RECORDED 21 November 2026, k3s, istiod 1.31');
  expect(recordedHead({ ...recording, commit: 'e5f115c+' })).toContain('commit e5f115c+');
});
