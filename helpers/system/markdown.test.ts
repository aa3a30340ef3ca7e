import { expect, test } from 'vitest';

import { markdownTable } from './markdown.ts';

test('a table has a line for its heads, one below them and one a row, and a bar stays within its cell', () => {
  expect(markdownTable(['what', 'how'], [['a|b', 'c']])).toBe(
    String.raw`| what | how |
| --- | --- |
| a\|b | c |`,
  );
});
