import { expect, test } from 'vitest';

import { exampleCurriculum, exampleExerciseCard, exampleModuleCard } from '../../curriculum/examples.ts';
import { letters, wordsOf } from '../../draw/paper.ts';
import { exampleCard, exampleExercise, exampleFacts } from '../../record/examples.ts';
import { type Content, type Ground, makeSheet, Proofs } from './sheet.ts';

const today = new Date('2026-11-24T00:00:00Z');

function groundOf(status: string): Ground {
  const exercises = [{ ...exampleExercise, status, reason: 'Why.', card: exampleCard }];
  return {
    curriculum: exampleCurriculum,
    cards: { modules: [exampleModuleCard], exercises: [{ ...exampleExerciseCard, folder: '01-foundation/01-names' }] },
    run: { facts: exampleFacts, commit: 'e5f115c', only: '', exercises, leftovers: [] },
  };
}

const sheet = (content: Content, status = 'passed', day = today) =>
  makeSheet({ name: 'x', title: 'A sheet', room: 1_000, content }, groundOf(status), day);
const statement: Content = (proofs) => proofs.says('Names resolve.', { provenBy: ['m1.e1.a1'] });

test('it is one file for paper, with the run that it rests on and how much of it that proves', () => {
  const { page, faults } = sheet(statement);
  expect(page(7)).toMatch(/^<!doctype html>[^]*@page \{ size: A4 portrait[^]*font: 7pt/);
  expect(page(7)).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
  expect(wordsOf(page(7))).toContain('Names resolve. ✓ m1.e1.a1');
  expect(wordsOf(page(7))).toContain(
    'Run of the whole course of 2026-11-21, k3s, istiod 1.31, commit e5f115c. It proves 1 of the 1 results on this sheet',
  );
  expect(faults).toEqual([]);
});

test('what the run does not prove says so, and is a fault; what it skipped says so, and is none', () => {
  const failed = sheet(statement, 'failed');
  expect(wordsOf(failed.page(8))).toContain('not proven: Names resolve. ✕ m1.e1.a1');
  expect(failed.faults).toEqual(['m1.e1.a1 is not proven: Why.']);
  const missing: Content = (proofs) => proofs.ids(['m1.e1.a2', 'm1.e9.a1']);
  expect(sheet(missing).faults).toEqual(['the run did not have m1.e1.a2, m1.e9.a1']);
  const skipped = sheet(statement, 'skipped');
  expect(wordsOf(skipped.page(8))).toContain('skipped: Names resolve. – m1.e1.a1');
  expect(skipped.faults).toEqual([]);
});

test('a wrong sentence without its correction is a fault, and so is a run that is too old', () => {
  expect(sheet(() => 'It waits.').faults).toEqual(['“waits” is wrong by E1, whose correction is not there']);
  expect(sheet((proofs, ground) => proofs.wrong('E1', ground)).faults).toEqual([]);
  expect(sheet(statement, 'passed', new Date('2027-02-01T00:00:00Z')).faults).toEqual([
    'the run is 71 days old, and what it proved may have changed',
  ]);
});

test('ids of one exercise are told together, and the rest of what stands behind a sentence in words', () => {
  const proofs = new Proofs(groundOf('passed').run);
  expect(wordsOf(proofs.ids(['m1.e1.a1', 'm1.e1.a2']))).toBe(' ✓ m1.e1.a1 ✕ m1.e1.a2 ');
  expect(wordsOf(proofs.behind({ source: 'C1', later: ['m4.e6'] }))).toBe(' source C1, later m4.e6 ');
  expect(wordsOf(proofs.behind({ opinion: true }))).toBe(' opinion ');
  expect(proofs.cited.map(({ id }) => id)).toEqual(['m1.e1.a1', 'm1.e1.a2']);
});

test('what is wrong stands with the truth and a result that shows it', () => {
  const proofs = new Proofs(groundOf('passed').run);
  expect(wordsOf(proofs.wrong('E1', groundOf('passed')))).toBe(
    '“It always waits.” In truth: It does not. E1 ✓ m1.e1.a1 ',
  );
});

test('a truth that no result shows says where it is from', () => {
  const proofs = new Proofs(groundOf('failed').run);
  expect(wordsOf(proofs.truth('E1', groundOf('failed')))).toBe(
    'It does not. E1 no result of this run; known behaviour ',
  );
});

test('more text has smaller letters', () => {
  expect(sheet(() => 'x'.repeat(500)).points).toBe(letters.largest);
  expect(sheet(() => 'x'.repeat(1_300)).points).toBe(7);
});
