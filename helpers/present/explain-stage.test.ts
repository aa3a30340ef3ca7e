import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { explain } from './explain-stage.ts';

const what = {
  id: 'm1.e1',
  title: 'Names',
  about: 'Who is it?',
  questions: ['What could mislead?', 'What rules it out?'],
  compare: [{ title: 'Why it is proven', lines: ['It was asked twice.'] }],
};
const earlier = { date: '2026-11-20T10:00:00Z', answers: [{ question: 'What could mislead?', answer: 'A cache.' }] };

async function explained(typed: readonly string[] | undefined, before?: typeof earlier) {
  const shown: string[] = [];
  const left = [...(typed ?? [])];
  const explanation = await explain({
    what,
    earlier: before,
    say: (line) => shown.push(stripVTControlCharacters(line)),
    ask: typed && (async () => left.shift()),
    width: 100,
  });
  return { explanation, text: shown.join('\n') };
}

test('answers of several lines are kept, with the verdict of whoever gave them', async () => {
  const { explanation, text } = await explained(
    ['', 'A cache', 'of names.', '', 'A new name.', '', 'well', 'p'],
    earlier,
  );
  expect(explanation).toEqual({
    answers: [
      { question: 'What could mislead?', answer: 'A cache of names.' },
      { question: 'What rules it out?', answer: 'A new name.' },
    ],
    verdict: 'partly',
  });
  expect(text).toMatch(
    /What you said on 20 November 2026\n.*“A cache\.”[^]*What you said now\n.*What could mislead\? “A cache of names\.”/,
  );
});

test('what the course says comes only after the answers', async () => {
  const before = await explained(['A cache', '', 'q']);
  expect(before.explanation).toBeUndefined();
  expect(before.text).toContain('What rules it out?');
  expect(before.text).not.toContain('It was asked twice.');
});

test('where nobody is asked all of it is shown, and nothing is kept', async () => {
  const { explanation, text } = await explained(undefined);
  expect(explanation).toBeUndefined();
  expect(text).toMatch(
    /1 +What could mislead\?\n2 +What rules it out\?\n\nWhy it is proven\n +· +It was asked twice\./,
  );
});
