import { expect, test } from 'vitest';

import { addSearchWords, wordsOf } from './search-words.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');

test('takes each word once, and neither figures nor crumbs', () => {
  expect(wordsOf('kind: NetworkPolicy\nport: 8080\nkind: is backend-policy')).toEqual([
    'kind',
    'NetworkPolicy',
    'port',
    'backend-policy',
  ]);
});

test('adds words to the exercise they belong to, and to no other', () => {
  const html = `x,d("widgets/default/search-index.json","${encode([{ id: 'a', statusMessage: 'red' }, { id: 'b' }])}")`;
  const found = addSearchWords(html, new Map([['a', 'outlierDetection']]));
  const encoded = /"([^"]+)"\)$/.exec(found)?.[1] ?? '';
  expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toEqual([
    { id: 'a', statusMessage: 'red outlierDetection' },
    { id: 'b' },
  ]);
});
