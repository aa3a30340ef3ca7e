import { expect, test } from 'vitest';

import { barChart, spread, timeline } from './charts.ts';

test('a bar chart is an SVG that stands alone and names every kind with its count', () => {
  const svg = barChart('answers', new Map([['backend-a', 14]]));
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('backend-a');
  expect(svg).toContain('>14<');
});

test('a timeline draws a tick for each moment, failures in red, and names what was changed', () => {
  const moments = [
    { seconds: 0, kind: 'v1' },
    { seconds: 1, kind: 'v2', failed: true },
  ];
  const svg = timeline(moments, [{ seconds: 0.5, label: 'route applied' }]);
  expect(svg).toContain('#c62828');
  expect(svg).toContain('route applied');
});

test('a spread draws a tick for each value and names its marks', () => {
  const svg = spread('milliseconds', [1, 2, 9], new Map([['p50', 2]]));
  expect(svg.match(/<line[^>]*x1="[\d.]+"[^>]*>/g)?.length).toBeGreaterThanOrEqual(3);
  expect(svg).toContain('>p50<');
  expect(svg).toContain('milliseconds');
});
