import { expect, test } from 'vitest';

import { exampleExercise, exampleFacts } from '../record/examples.ts';
import { driftHtml, driftMarkdown, verdict } from './drift-page.ts';

const run = (istiod: string, paths: readonly string[]) => ({
  facts: { ...exampleFacts, versions: { istiod } },
  commit: 'abc',
  only: '',
  leftovers: [],
  exercises: paths.map((path) => ({ ...exampleExercise, path })),
});
const comparison = {
  a: run('1.31', ['01-a/02-b']),
  b: run('1.32', ['01-a/02-b']),
  factor: 3,
  notes: [],
  claims: new Map([['E114', 'It is the other way round.']]),
  drifts: [{ path: '01-a/02-b', kind: 'output' as const, what: 'After: the <log>', a: 'a ``` b', b: 'HTTP <403>' }],
};

test('Markdown names the versions of both and quotes what both saw', () => {
  const markdown = driftMarkdown(comparison);
  expect(markdown).toContain('| istiod | 1.31 | 1.32 |');
  expect(markdown).toContain('## 01-a/02-b');
  expect(markdown).toContain('```text\nHTTP <403>\n```');
  // A quoted fence cannot end the block around it.
  expect(markdown).toContain('````text\na ``` b\n````');
});

test('HTML shows the same, and nothing in it is markup by accident', () => {
  const html = driftHtml(comparison);
  expect(html).toContain('HTTP &lt;403&gt;');
  expect(html).not.toContain('<log>');
});

test('the verdict counts kinds, and says so when nothing differs', () => {
  expect(verdict(comparison)).toContain('Exercises that differ: 1 (output 1), of 1 in both runs.');
  expect(verdict({ ...comparison, drifts: [] })).toMatch(/^Nothing differs\. Exercises in both runs: 1\. /);
  expect(verdict(comparison)).toContain("chance alone (Fisher's exact test)");
});

test('a claim that was wrong is told in its words, with the release notes that name what differs', () => {
  const path = '01-a/02-b';
  const drifts = [{ path, kind: 'disproof' as const, what: 'E114', a: 'shown: RetryBudget', b: 'no longer shown' }];
  const notes = [{ file: '60389.yaml', text: '**Added** a field to `RetryBudget`.' }];
  for (const page of [driftMarkdown, driftHtml]) {
    expect(page({ ...comparison, drifts, notes })).toContain('E114: It is the other way round.');
    expect(page({ ...comparison, drifts, notes })).toContain('60389.yaml');
  }
});
