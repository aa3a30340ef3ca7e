import { expect, test } from 'vitest';

import { readMetrics } from '../../curriculum/metrics.ts';
import { metricsFormHtml } from './metrics-form.ts';

test('the form says first that nothing on it is the course’s, has each line, and no figure', async () => {
  const groups = await readMetrics();
  const html = metricsFormHtml(groups);
  const words = html
    .slice(html.indexOf('<body>'))
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
  expect(words).toMatch(/^ *Success with customers a form Success with customers cannot be executed\./);
  expect(groups.map(({ lines }) => lines.length)).toEqual([4, 4, 4]);
  for (const line of groups.flatMap(({ lines }) => lines)) expect(words).toContain(line);
  expect(words.replace('from 1 to 10', '')).not.toMatch(/\d/);
  expect(html).not.toMatch(/<script|<link|<img|https?:/);
});
