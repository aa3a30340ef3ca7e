import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { exampleExercise } from '../../record/examples.ts';
import { projectRoot } from '../../system/paths.ts';
import { readersHtml } from './readers.ts';

const modules = [
  { persona: 'Sarah Martinez', title: 'Foundation', page: 'head-1' },
  { persona: 'Sarah Martinez', title: 'Identity', page: 'head-4' },
];
const demos = [
  { name: 'security', title: 'Security, before and after', page: 'demo-1' },
  { name: 'canary', title: 'A canary', page: undefined },
];
const wait = { step: 'After', reason: 'no answer', held: true, waitedMs: 29_000, deadlineMs: 30_000, attempts: 9 };
const html = (...exercises: (typeof exampleExercise)[]) => readersHtml(exercises, { modules, demos });

test('who learns begins with the first exercise and meets whoever asks', () => {
  expect(html({ ...exampleExercise, page: 'p1', claim: 'A <Service>' })).toContain(
    '<a href="#p1">A &lt;Service&gt;</a>',
  );
  expect(html()).toContain('<a href="#head-1">Foundation</a> (Sarah Martinez)');
});

test('who maintains sees what failed, how much was skipped and how close it was', () => {
  const failed = { ...exampleExercise, page: 'p2', claim: 'It broke', status: 'broken', waits: [wait] };
  expect(html(failed)).toContain('Failed: 1. <a href="#p2">It broke</a>. Each page');
  expect(html(failed)).toContain('three quarters of their deadline: 1.');
  expect(html({ ...exampleExercise, status: 'skipped' })).toContain('No exercise failed. Skipped: 1, each');
  expect(html(...Array.from({ length: 6 }, () => failed))).toContain('and others in the list below');
});

test('who meets a customer finds the persona, the demos that the run had, and what to take along', () => {
  expect(html()).toContain('<b>Sarah Martinez</b> <a href="#head-1">Foundation</a>, <a href="#head-4">Identity</a>');
  expect(html()).toContain('<a href="#demo-1">Security, before and after</a>');
  expect(html()).toMatch(/A canary <code[^>]*>make demo-canary/);
});

test('every target of make that it names is there', async () => {
  const makefile = await readFile(join(projectRoot, 'Makefile'), 'utf8');
  const named = Array.from(html().matchAll(/>make ([a-z-]+)/g), ([, target]) => target);
  expect(named.length).toBeGreaterThan(10);
  for (const target of named) expect(makefile).toMatch(new RegExp(`^${target}: .*##`, 'm'));
});
