import { expect, test } from 'vitest';

import { readRolePlayWish, readYesOrNo } from './role-play-wish.ts';

test('evidence is called up by its id, alone or behind the word, or looked for by words', () => {
  expect(readRolePlayWish(' M1.e4.a2 ')).toEqual({ wants: 'evidence', of: 'm1.e4.a2' });
  expect(readRolePlayWish('evidence m1.e4')).toEqual({ wants: 'evidence', of: 'm1.e4' });
  expect(readRolePlayWish('e stolen label')).toEqual({ wants: 'evidence', of: 'stolen label' });
});

test('single words ask for a hint, pass, or end it', () => {
  expect(['h', 'Hint', 'p', 'pass', 'q', 'QUIT'].map((line) => readRolePlayWish(line).wants)).toEqual([
    'hint',
    'hint',
    'pass',
    'pass',
    'quit',
    'quit',
  ]);
});

test('a sentence is an answer, and a slip of the fingers is none', () => {
  expect(readRolePlayWish('It stays, see m1.e5.a6.')).toEqual({ wants: 'answer', words: 'It stays, see m1.e5.a6.' });
  expect(['', 'hnt', 'ok'].map((line) => readRolePlayWish(line).wants)).toEqual(['help', 'help', 'help']);
});

test('only yes and no are yes and no', () => {
  expect(['y', ' YES', 'n', 'no', '', 'maybe'].map(readYesOrNo)).toEqual([
    true,
    true,
    false,
    false,
    undefined,
    undefined,
  ]);
});
