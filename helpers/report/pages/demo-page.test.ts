import { expect, test } from 'vitest';

import { exampleCurriculum, exampleDemo } from '../../curriculum/examples.ts';
import { exampleCard, exampleExercise, exampleFacts } from '../../record/examples.ts';
import { demoPageHtml } from './demo-page.ts';

const card = { ...exampleCard, proves: ['m1.e1.a1'] };

const run = (status: string) => ({
  facts: exampleFacts,
  commit: 'e5f115c',
  only: '',
  leftovers: [],
  exercises: [{ ...exampleExercise, status, card }],
});
const page = (status?: string) =>
  demoPageHtml(exampleDemo, exampleCurriculum, status === undefined ? undefined : run(status));
/** What a person reads of a page. */
const words = (html: string) =>
  html
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('it is one file for paper: no script, nothing loaded, made for A4', () => {
  expect(page()).toMatch(/^<!doctype html>/);
  expect(page()).toContain('@page { size: A4 portrait');
  expect(page()).not.toMatch(/<script|<link|<img|https?:|@import|url\(/);
});

test('each beat is a row: its time, what to say and ask, what is shown and expected', () => {
  expect(words(page())).toContain(
    "0:00 to 1:00 &nbsp; 1 of 2: Before: nobody's name is known “Names resolve.” “Names are good.” Who answers? Most say: the first one. kubectl apply \u2011f 20-names.yaml It answers. m1.e1.a1 1:00 to 2:00",
  );
  expect(words(page())).toContain('More: m1.e1.a2');
});

test('it has what must not be said and why, what to do after a failure, and the likely questions', () => {
  const text = words(page());
  expect(text).toContain('“It always waits.” It does not. E1');
  expect(text).toContain('When a step fails Say what you see.');
  expect(text).toContain('Which name? This. m1.e1.a1 Why? It is our opinion. opinion');
  expect(text).toContain('Who says so? A page. source C1');
  expect(page()).toContain('“It waits for &lt;all&gt;.”');
});

test('ids have a mark where the course has been run, and none where it has not', () => {
  expect(page()).not.toMatch(/[✓✕–] m1/);
  expect(page()).not.toContain('Marks are');
  expect(page('passed')).toContain('✓ m1.e1.a1');
  expect(page('skipped')).toContain('– m1.e1.a1');
  expect(page('failed')).toContain('✕ m1.e1.a1');
  expect(page('passed')).toContain('✕ m1.e1.a2');
  expect(words(page('passed'))).toContain('Marks are those of the run of 2026-11-21, k3s, commit e5f115c: ✓ proven');
  const part = demoPageHtml(exampleDemo, exampleCurriculum, { ...run('passed'), only: 'm1.e1' });
  expect(words(part)).toContain('commit e5f115c, only m1.e1: ✓ proven');
});
