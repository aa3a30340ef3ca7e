import { expect, test } from 'vitest';

import { letters, lettersFor, paper, wordsOf } from './paper.ts';

test('a page is one file that loads and runs nothing, in letters of a size', () => {
  expect(paper('A <pod>', '<p>x</p>')).toMatch(/^<!doctype html>.*<title>A &lt;pod&gt;<\/title>.*<p>x<\/p>/s);
  expect(paper('x', '')).toContain('font: 8pt');
  expect(paper('x', '', 7)).toContain('font: 7pt');
});

test('more text has smaller letters, down to what can be read', () => {
  expect(lettersFor('x'.repeat(500), 1_000)).toBe(letters.largest);
  expect(lettersFor('x'.repeat(1_300), 1_000)).toBe(7);
  expect(lettersFor('x'.repeat(9_000), 1_000)).toBe(letters.smallest);
});

test('words are what a person reads, without tags', () => {
  expect(wordsOf('<p>a &lt;pod&gt;</p>\n<b>b</b>&nbsp;&amp; c')).toBe(' a <pod> b & c');
});
