import { expect, test } from 'vitest';

import { callsPassedOn, perThousandCalls, processorRate, wentTheWay } from './data-plane-meter.ts';

const none = { caller: 5, server: 5, ztunnel: 5, waypoint: 5 };
const use = (atSeconds: number, processorMs: number) => ({ atSeconds, processorMs, residentMiB: 50, anonymousMiB: 20 });

test.each([
  ['plain', none, true],
  ['plain', { ...none, ztunnel: 6 }, false],
  ['sidecars', { ...none, caller: 105, server: 107 }, true],
  ['sidecars', { ...none, caller: 105 }, false],
  ['sidecars', { ...none, caller: 105, server: 140 }, false],
  ['layer4', { ...none, ztunnel: 7 }, true],
  ['layer4', { ...none, ztunnel: 7, waypoint: 6 }, false],
  ['withWaypoint', { ...none, ztunnel: 7, waypoint: 105 }, true],
  ['withWaypoint', { ...none, ztunnel: 7 }, false],
] as const)('a hundred calls on the way %s leave %j: %s', (way, after, went) => {
  expect(wentTheWay(way, 100, none, after)).toBe(went);
});

test('what a proxy uses at rest is no part of what calls take', () => {
  expect(processorRate(use(100, 1_000), use(120, 1_200))).toBe(10);
  expect(perThousandCalls(2_000, use(100, 1_000), use(120, 2_200), 10)).toBe(500);
});

test('calls of all clusters that are printed are counted together', () => {
  const line = (name: string, calls: number) =>
    `cluster.inbound-vip|80|${name}|server.a.svc.cluster.local;.upstream_rq_total: ${calls}`;
  expect(callsPassedOn([line('http', 3), line('http/subset', 4), ''].join('\n'))).toBe(7);
  expect(callsPassedOn('')).toBe(0);
});
