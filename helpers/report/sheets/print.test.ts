import { expect, test } from 'vitest';

import { pagesOf } from './print.ts';

test('pages of a PDF are counted, and not the list of them', () => {
  expect(
    pagesOf('1 0 obj <</Type /Pages /Count 2>> 2 0 obj <</Type /Page>> 3 0 obj <</Type/Page\n/Parent 1 0 R>>'),
  ).toBe(2);
});
