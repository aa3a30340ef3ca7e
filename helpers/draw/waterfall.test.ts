import { expect, test } from 'vitest';

import { readTraces, type Trace } from '../istio/traces.ts';
import { waterfall } from './waterfall.ts';

/** A call by `client` through `frontend` to a slow `backend`, which answers with a status. */
function traceOf(status: number): Trace {
  const services = ['client.shop', 'frontend.shop', 'frontend.shop', 'backend.shop'];
  const spans = services.map((service, depth) => ({
    spanID: `s${depth}`,
    operationName: 'backend.shop.svc.cluster.local:80/*',
    references: depth === 0 ? [] : [{ refType: 'CHILD_OF', spanID: `s${depth - 1}` }],
    startTime: 1_000_000 + 2_000 * depth,
    duration: 712_000 - 4_000 * depth,
    tags: [
      { key: 'span.kind', value: depth % 2 === 0 ? 'client' : 'server' },
      { key: 'http.status_code', value: String(depth === 3 ? status : 502) },
      { key: 'error', value: status >= 500 },
    ],
    processID: service,
  }));
  const processes = Object.fromEntries(services.map((service) => [service, { serviceName: service }]));
  const [trace] = readTraces(JSON.stringify({ data: [{ traceID: 't', spans, processes }] }));
  if (trace === undefined) throw new Error('no trace');
  return trace;
}

test('each span has a bar, its status, its time and its own time', () => {
  const svg = waterfall(traceOf(200));
  expect(svg).toMatch(/^<svg role="img" xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(svg).toContain('>client, client<');
  expect(svg).toContain('>200, 700 ms, 700 ms<');
  expect(svg).toContain('>502, 712 ms, 4 ms<');
  expect(svg).not.toContain('the error began here');
});

test('where the error began is marked by a frame and by words, and the picture says it all in words too', () => {
  const svg = waterfall(traceOf(503));
  expect(svg).toContain('#c62828');
  expect(svg).toContain('✕ the error began here');
  expect(svg).toContain('<title>One call, 4 spans</title>');
  expect(svg).toMatch(
    /<desc>.*backend\.shop, server: 503, 700 ms, 700 ms\. The error began in backend\.shop, server\.<\/desc>/,
  );
});
