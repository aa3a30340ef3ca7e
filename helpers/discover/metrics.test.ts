import { expect, test } from 'vitest';

import { EnvironmentProblem } from '../system/errors.ts';
import { groundOf } from './examples.ts';
import { GetOnly } from './get-only.ts';
import { count, findPrometheus } from './metrics.ts';
import { metricsWanted } from './wishes.ts';

const place = { namespace: 'istio-system', service: 'prometheus', port: 'http' };

test('a Prometheus is found by its name or label, and can be named', async () => {
  const { landscape } = await groundOf();
  expect(findPrometheus(landscape.seen)).toEqual(place);
  expect(metricsWanted('yes')).toBe(true);
  expect(metricsWanted(undefined)).toBe(false);
  expect(metricsWanted('watching/main:9090')).toEqual({ namespace: 'watching', service: 'main', port: '9090' });
  expect(() => metricsWanted('please')).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test('edges and targets come out of three queries', async () => {
  const labels = {
    source_workload: 'front',
    source_workload_namespace: 'shop',
    destination_workload: 'web',
    destination_workload_namespace: 'shop',
    connection_security_policy: 'mutual_tls',
  };
  const answers: Record<string, object> = { sum: { metric: labels, value: [0, '2'] } };
  const api = new GetOnly(
    async (path) => {
      const query = new URL(path, 'https://cluster').searchParams.get('query') ?? '';
      const result = answers[query.slice(0, 3)] ?? { metric: {}, value: [0, query.includes('==') ? '3' : '4'] };
      return { status: 200, body: JSON.stringify({ data: { result: [result] } }) };
    },
    async () => undefined,
  );
  const counted = await count(api, place);
  expect(counted.targets).toEqual({ up: 3, all: 4 });
  expect(counted.edges).toMatchObject([{ from: { name: 'front' }, to: { name: 'web' }, mutualTls: true }]);
  expect(api.asked.length).toBe(3);
});

test.each([
  [403, '', 'not allowed to look'],
  [503, '', 'it answered 503'],
  [200, '<html>', 'it answered with something else'],
])('an answer of %i leaves a gap', async (status, body, gap) => {
  const api = new GetOnly(
    async () => ({ status, body }),
    async () => undefined,
  );
  expect(await count(api, place)).toEqual({ edges: [], targets: undefined, gap });
});

test('a Prometheus that does not answer leaves a gap, and the question stays among the requests', async () => {
  const api = new GetOnly(
    async () => {
      throw new EnvironmentProblem('does not know this user', 'log in again');
    },
    async () => undefined,
  );
  expect((await count(api, place)).gap).toBe('it did not answer, or does not know this user');
  expect(api.asked).toMatchObject([{ status: 0, bytes: 0 }]);
});

test('what waypoints have counted is part of the map', async () => {
  const metric = {
    reporter: 'waypoint',
    source_workload: 'front',
    destination_workload: 'web',
    connection_security_policy: 'unknown',
  };
  const api = new GetOnly(
    async () => ({ status: 200, body: JSON.stringify({ data: { result: [{ metric, value: [0, '2'] }] } }) }),
    async () => undefined,
  );
  expect((await count(api, place)).edges).toMatchObject([{ to: { name: 'web' }, mutualTls: true }]);
  expect(decodeURIComponent(api.asked[0]?.path ?? '')).toContain('reporter=~"destination|waypoint"');
});
