import { expect, test } from 'vitest';

import { alertsArguments, readAlerts, readNotifications } from './alerts.ts';

const labels = { alertname: 'ErrorBudgetBurn', destination_workload: 'backend' };
const startsAt = '2026-11-29T10:00:00.000Z';
const startedAt = Date.parse(startsAt);

test('alerts are asked for through the API server, and read with their state', () => {
  expect(alertsArguments('shop').at(-1)).toBe('/api/v1/namespaces/shop/services/alertmanager:http/proxy/api/v2/alerts');
  const answer = JSON.stringify([{ labels, status: { state: 'active', silencedBy: [] }, startsAt }]);
  expect(readAlerts(answer)).toEqual([{ labels, state: 'active', startedAt }]);
});

test('what a webhook was told is read in its order, with the time at which it came', () => {
  const body = (status: string) => ({
    receiver: 'pager',
    status,
    groupLabels: { alertname: 'ErrorBudgetBurn' },
    alerts: [{ status, labels, startsAt }],
  });
  const letters = ['firing', 'resolved'].map((status, n) => ({
    at: `2026-11-29T10:00:0${n}.500Z`,
    body: body(status),
  }));
  expect(readNotifications(JSON.stringify({ pod: 'pager-1', inbox: letters }))).toEqual([
    {
      at: startedAt + 500,
      status: 'firing',
      group: { alertname: 'ErrorBudgetBurn' },
      alerts: [{ labels, state: 'firing', startedAt }],
    },
    expect.objectContaining({ at: startedAt + 1500, status: 'resolved' }),
  ]);
});
