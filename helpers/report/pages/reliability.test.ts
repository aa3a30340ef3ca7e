import { expect, test } from 'vitest';

import { byShare, flakesHtml, waitsHtml } from './reliability.ts';

const wait = (reason: string, waitedMs: number, held = true) => ({
  step: 'After: it is refused',
  reason,
  held,
  waitedMs,
  deadlineMs: 30_000,
  attempts: 3,
});
const exercise = (...waits: ReturnType<typeof wait>[]) => ({ page: 'p1', claim: 'NetworkPolicy blocks', waits });

test('a wait above three quarters of its deadline is a warning, with what it was for and where', () => {
  const html = waitsHtml([exercise(wait('attacker gets <no> answer', 22_600), wait('quick', 100))]);
  expect(html).toContain('⚠ 1 of 2 waits');
  expect(html).toContain('attacker gets &lt;no&gt; answer');
  expect(html).toContain('href="#p1"');
});

test('without a close wait the largest shares are still listed, and no warning is', () => {
  const html = waitsHtml([exercise(...[1, 2, 3, 4, 5, 6, 7].map((second) => wait(`for ${second}`, second * 1000)))]);
  expect(html).toContain('None of 7 waits');
  expect(html).not.toContain('⚠');
  expect(html).toContain('for 7');
  expect(html).not.toContain('for 2');
});

test('a wait that ran out says that what it was for did not come', () => {
  expect(waitsHtml([exercise(wait('never', 30_100, false))])).toContain('it did not come');
});

test('waits of all exercises stand in one order', () => {
  const order = byShare([exercise(wait('b', 200)), exercise(wait('a', 900), wait('c', 100))]);
  expect(order.map(({ wait: { reason } }) => reason)).toEqual(['a', 'b', 'c']);
});

test('nothing is shown where nothing was waited for, and where no exercise ended both ways', () => {
  expect(waitsHtml([exercise()])).toBe('');
  expect(flakesHtml([])).toBe('');
  expect(flakesHtml([{ path: '01-a/02-b', passed: 3, runs: 4 }])).toContain('3 of 4 runs');
});
