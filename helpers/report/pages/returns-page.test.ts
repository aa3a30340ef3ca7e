import { expect, test } from 'vitest';

import { readProfiles } from '../../roi/profiles.ts';
import { returnsHtml } from './returns-page.ts';

const profiles = await readProfiles();
const rollback = { exercise: 'm2.e7.a5', what: 'Rollback', value: 1.5, unit: 'seconds', run: '2026-01-02' };

test('every customer has a row with its payback, and no figure is said to come from one', () => {
  const html = returnsHtml(profiles, []);
  for (const [company, payback] of [
    ['MegaBank', '43.38'],
    ['RapidScale', '5.43'],
    ['Meridian Retail', '22.44'],
    ['Oldbridge Mutual', '38.03'],
    ['Tidewave', '26.52'],
  ] as const) {
    expect(html).toMatch(new RegExp(`${company}.*${payback}`));
  }
  expect(html).toContain('No figure here comes from a customer.');
});

test('what was measured in the run takes its place, and what was not says so', () => {
  expect(returnsHtml(profiles, [])).toMatch(/not measured in this run <span[^>]*>m2\.e7\.a5/);
  const html = returnsHtml(profiles, [rollback]);
  expect(html).toMatch(/Rollback: 1\.5\u00a0seconds <span[^>]*>m2\.e7\.a5/);
  expect(html).toContain('measured: recovery time');
  expect(html).toMatch(/not measured in this run <span[^>]*>m6\.e4\.a3/);
});

test('judgements are marked', () => {
  expect(returnsHtml(profiles, [])).toMatch(/because of a risk, not because of a return\. <b[^>]*>opinion/);
});
