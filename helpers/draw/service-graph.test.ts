import { expect, test } from 'vitest';

import { drawServiceGraph } from './service-graph.ts';

test('a graph names both workloads, the rate, the errors, and that it is encrypted', async () => {
  const svg = await drawServiceGraph([
    {
      from: { name: 'frontend', namespace: 'bank' },
      to: { name: 'backend', namespace: 'bank' },
      perSecond: 4,
      errorShare: 0.25,
      mutualTls: true,
    },
  ]);
  expect(svg).toMatch(/^<svg/);
  for (const part of ['frontend', 'backend', '4.0 a second', '25 % errors', 'mutual TLS']) expect(svg).toContain(part);
});
