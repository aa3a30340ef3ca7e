import { expect, test } from 'vitest';

import { connectionsCounted } from './ztunnel-metrics.ts';

const metrics = `# TYPE istio_tcp_connections_opened counter
istio_tcp_connections_opened_total{reporter="source",source_workload="frontend",response_flags="-"} 20
istio_tcp_connections_opened_total{reporter="source",source_workload="frontend",response_flags="CONNECT"} 3
istio_tcp_connections_opened_total{reporter="destination",source_workload="frontend",response_flags="-"} 7
istio_tcp_connections_failed_total{reporter="source",source_workload="frontend",response_flags="CONNECT"} 3
`;

test('adds up the connections that have all of the labels', () => {
  expect(connectionsCounted(metrics, 'opened', { reporter: 'source', source_workload: 'frontend' })).toBe(23);
  expect(connectionsCounted(metrics, 'failed', { response_flags: 'CONNECT' })).toBe(3);
});

test('what was never counted is 0', () => {
  expect(connectionsCounted(metrics, 'failed', { source_workload: 'attacker' })).toBe(0);
});

test('a label whose name ends like the one that is asked for is another one', () => {
  const own = { workload: 'frontend' };
  expect(connectionsCounted(metrics, 'opened', own)).toBe(0);
  const quoted = metrics.replace('response_flags="-"', String.raw`note="a \"workload=\\"",workload="frontend"`);
  expect(connectionsCounted(quoted, 'opened', own)).toBe(20);
});

test('a text without any counter is no count of 0', () => {
  for (const text of ['', '\n', 'Error from server (NotFound): the server could not find the requested resource'])
    expect(() => connectionsCounted(text, 'opened', {})).toThrow('holds no counters');
});
