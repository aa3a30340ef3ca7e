import { expect, test } from 'vitest';

import { type Item, refreshMarkdown, refreshText } from './item.ts';

const items: Item[] = [
  { title: 'Suite', state: 'good', says: 'All held.', lines: ['skipped: one'] },
  { title: 'Drift', state: 'bad', says: 'One differs.', lines: ['a', 'b', 'c', 'd', 'e', 'f'] },
];
const heading = { date: '2026-12-01T02:00:00Z', against: '2026-11-01T02:00:00Z' };

test('a terminal shows a line for each item, and a few of what is not as it should be', () => {
  expect(refreshText(heading, items)).toBe(
    [
      'REFRESH  2026-12-01, against 2026-11-01',
      ' 1 ✓ Suite         All held.',
      ' 2 ✕ Drift         One differs.',
      '       a',
      '       b',
      '       c',
      '       d',
      '       and 2 more',
      '',
    ].join('\n'),
  );
});

test('the file has every line, and begins with what is red', () => {
  const text = refreshMarkdown(heading, items);
  expect(text).toMatch(/^# Refresh, 2026-12-01, against 2026-11-01\n\nRed: drift\. /);
  expect(text).toContain('## 2. Drift\n\n**Red.** One differs.\n\n- a\n- b\n- c\n- d\n- e\n- f');
  expect(text).toContain('- skipped: one');
  expect(refreshMarkdown({ date: heading.date }, items.slice(0, 1))).toMatch(
    /^# Refresh, 2026-12-01, nothing to compare with\n\nNothing is red\. /,
  );
});
