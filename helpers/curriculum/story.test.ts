import { expect, test } from 'vitest';

import { exampleCurriculum, exampleExerciseCard as card } from './examples.ts';
import { storyFile, storyMarkdown } from './story.ts';

const passed = { page: 'p', claim: 'c', status: 'passed', reason: '', ids: ['m1.e1.a1'] };
const story = (words: string, ...results: (typeof passed)[]) =>
  storyMarkdown(card, 'Acme', { words, results }, exampleCurriculum);

test('it has exactly the three headings, the lab’s part marked, and the customer’s part empty', () => {
  const text = story('the run of 21 November 2026', passed);
  expect(text.match(/^## .*$/gm)).toEqual(['## Challenge', '## Solution', '## Outcome']);
  expect(text).toContain('> **lab** Names resolve. (proven: m1.e1.a1)');
  expect(text).toContain('Their situation, in their words:\n\n…\n');
  expect(text.match(/^…$/gm)).toHaveLength(6);
  expect(text).toContain('Results are of the run of 21 November 2026.');
});

test('what no run proves is not told as proven', () => {
  expect(story('', { ...passed, status: 'failed' })).toContain('(not proven in this run: m1.e1.a1)');
  expect(story('')).toContain('The course was never run here, so nothing of the lab is proven.');
});

test('a customer’s name makes a file name, and no path', () => {
  expect(storyFile('m2.e5', 'Müller & Söhne, ../etc')).toBe('m2.e5-muller-sohne-etc.md');
  expect(storyFile('m2.e5', '東京銀行')).toBe('m2.e5-東京銀行.md');
  expect(storyFile('m2.e5', '../..')).toBeUndefined();
});
