import { expect, test } from 'vitest';

import { explained } from './explain-ids.ts';

const meanings = new Map([
  ['m1.e4.a1', 'Both "get in".'],
  ['m1.ts.a1', 'The log names it.'],
  ['E114', 'It is not.'],
]);

test('lets an id say what it means, and leaves others as they are', () => {
  const html = explained('<b>m1.e4.a1</b>, m1.e4.a11, m1.ts.a1, E114', meanings);
  expect(html).toContain('<abbr title="Both &quot;get in&quot;."');
  expect(html).toContain('title="It is not."');
  expect(html).toContain('title="The log names it."');
  expect(html.split('<abbr')).toHaveLength(4);
});

test('touches neither attributes nor what is to be copied', () => {
  const html = '<a href="#E114">x</a><pre># E114</pre>';
  expect(explained(html, meanings)).toBe(html);
});
