import { expect, test } from 'vitest';

import { readProxyStats, statsCommand } from './proxy-stats.ts';

const printed = [
  'cluster.outbound|80||backend.m2.svc.cluster.local;.version_text: "2026-11-21T07:18:16Z/335"',
  'cluster.outbound|80||backend.m2.svc.cluster.local;.outlier_detection.ejections_active: 1',
  'cluster.outbound|80||backend.m2.svc.cluster.local;.upstream_rq_pending_overflow: 180',
].join('\n');

test('a statistic is found by its name without that of its cluster', () => {
  const stats = readProxyStats(printed);
  expect(stats('upstream_rq_pending_overflow')).toBe(180);
  expect(stats('outlier_detection.ejections_active')).toBe(1);
});

test('a statistic that the proxy does not publish is an error, not 0', () => {
  expect(() => readProxyStats(printed)('upstream_cx_total')).toThrow('does not publish upstream_cx_total');
});

test('the name of the cluster is asked for word for word, not as a pattern', () => {
  expect(decodeURIComponent(statsCommand('outbound|80||backend.').at(-1) ?? '')).toBe(
    String.raw`stats?filter=^cluster\.outbound\|80\|\|backend\.`,
  );
});
