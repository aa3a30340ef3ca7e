import { expect, test } from 'vitest';

import { depthOf, originOfFailure, readDependencies, readTraces, sideOf, tracesArguments } from './traces.ts';

const tag = (key: string, value: string | number | boolean) => ({ key, type: typeof value, value });
const span = (id: string, parent: string, times: readonly [start: number, duration: number], ...tags: object[]) => ({
  spanID: id,
  operationName: `${id}:80/*`,
  references: parent === '' ? [] : [{ refType: 'CHILD_OF', spanID: parent }],
  startTime: times[0],
  duration: times[1],
  tags,
  processID: `p${id}`,
});
const processes = { pa: { serviceName: 'client.shop' }, pb: { serviceName: 'frontend.shop' } };
const answer = (...spans: object[]) => JSON.stringify({ data: [{ traceID: 't', spans, processes }] });

test('spans come with the one before them, whatever their order, and with what none of their parts took', () => {
  const failed = [tag('span.kind', 'server'), tag('http.status_code', '503'), tag('error', true)];
  const [trace] = readTraces(
    answer(span('c', 'b', [130, 50]), span('b', 'a', [110, 80], ...failed), span('a', '', [100, 100])),
  );
  expect(trace?.spans).toMatchObject([
    { id: 'a', parent: undefined, service: 'client.shop', selfMicros: 20, status: 0, failed: false },
    { id: 'b', parent: 'a', service: 'frontend.shop', kind: 'server', selfMicros: 30, status: 503, failed: true },
    { id: 'c', parent: 'b', operation: 'c:80/*', startedAt: 130, durationMicros: 50, selfMicros: 50 },
  ]);
});

test('parts that overlap, or end after the whole, are counted once and not beyond it', () => {
  const [trace] = readTraces(
    answer(span('a', '', [100, 100]), span('b', 'a', [110, 30]), span('c', 'a', [120, 40]), span('d', 'a', [190, 50])),
  );
  expect(trace?.spans[0]).toMatchObject({
    selfMicros: 40,
    own: [
      { from: 100, to: 110 },
      { from: 160, to: 190 },
    ],
  });
});

test('a span failed where the proxy says so, in its own tag or in that which Jaeger adds', () => {
  // As Envoy tells it over OpenTelemetry: a call that was answered with 503, one whose caller went, and a good one.
  const refused = [
    tag('error', 'true'),
    tag('error', true),
    tag('otel.status_code', 'ERROR'),
    tag('http.status_code', '503'),
  ];
  const gone = [tag('error', 'true'), tag('http.status_code', '0'), tag('response_flags', 'DC')];
  const [trace] = readTraces(
    answer(
      span('a', '', [0, 9], ...refused),
      span('b', 'a', [1, 7], ...gone),
      span('c', 'b', [2, 5], tag('http.status_code', '200')),
    ),
  );
  expect(trace?.spans.map(({ failed, status }) => [failed, status])).toEqual([
    [true, 503],
    [true, 0],
    [false, 200],
  ]);
});

test('a failure began in the deepest span that failed', () => {
  const failed = tag('error', true);
  const [trace] = readTraces(
    answer(span('a', '', [0, 9], failed), span('b', 'a', [1, 7], failed), span('c', 'b', [2, 5])),
  );
  expect(trace && originOfFailure(trace)?.id).toBe('b');
  expect(trace?.spans.map((each) => depthOf(trace, each))).toEqual([0, 1, 2]);
  const [healthy] = readTraces(answer(span('a', '', [0, 9])));
  expect(healthy && originOfFailure(healthy)).toBeUndefined();
});

test('a span whose parent never arrived begins what is there of its trace', () => {
  const [trace] = readTraces(answer(span('b', 'lost', [5, 5])));
  expect(trace?.spans).toMatchObject([{ id: 'b', parent: 'lost' }]);
});

test('a span tells one side of a hop', () => {
  expect(sideOf({ service: 'frontend.shop', kind: 'client' })).toBe('frontend calls');
  expect(sideOf({ service: 'backend.shop', kind: 'server' })).toBe('backend is called');
  expect(sideOf({ service: 'job', kind: '' })).toBe('job');
});

test('no traces, and no dependencies, are none', () => {
  expect(readTraces('{"data":[]}')).toEqual([]);
  expect(readTraces('{"data":null}')).toEqual([]);
  expect(readDependencies('{"data":null}')).toEqual([]);
});

test('dependencies are calls from one service to another', () => {
  const data = [
    { parent: 'a', child: 'b', callCount: 3 },
    { parent: 'b', child: 'b', callCount: 3 },
  ];
  expect(readDependencies(JSON.stringify({ data }))).toEqual([{ parent: 'a', child: 'b', calls: 3 }]);
});

test('traces are searched for by service and tags', () => {
  expect(tracesArguments({ service: 'a.b', limit: 5, tags: { team: 'x' } }).at(-1)).toBe(
    '/api/v1/namespaces/istio-system/services/jaeger:http-query/proxy/api/traces?service=a.b&limit=5&lookback=1h&tags=%7B%22team%22%3A%22x%22%7D',
  );
});
