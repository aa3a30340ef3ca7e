import { expect, test } from 'vitest';

import { tellTracers, tracersIn } from './tracers.ts';

const type = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const manager = (tracing?: object) => ({ filters: [{ typedConfig: { '@type': type, ...(tracing && { tracing }) } }] });
const tracer = (name: string, value: number, typedConfig = {}) => ({
  clientSampling: { value: 100 },
  randomSampling: { value },
  provider: { name: `envoy.tracers.${name}`, typedConfig },
});

test('each way in has a tracer or none', () => {
  const both = { traceContextOption: 'USE_B3_WITH_W3C_PROPAGATION' };
  const dump = JSON.stringify([
    { filterChains: [manager(tracer('opentelemetry', 1)), manager()] },
    { filterChains: [{ filters: [{ typedConfig: { '@type': 'type.googleapis.com/x.TcpProxy' } }, {}] }] },
    { defaultFilterChain: manager(tracer('zipkin', 100, both)) },
  ]);
  expect(tracersIn(dump)).toEqual([
    { language: 'opentelemetry', option: '', percent: 1 },
    undefined,
    { language: 'zipkin', option: 'USE_B3_WITH_W3C_PROPAGATION', percent: 100 },
  ]);
  expect(tellTracers(dump)).toBe(
    'opentelemetry, 1 % of the calls\nnone\nzipkin with USE_B3_WITH_W3C_PROPAGATION, 100 % of the calls',
  );
});

test('tracing without a provider tells nobody anything, so it is none', () => {
  expect(tracersIn(JSON.stringify([{ filterChains: [manager({ randomSampling: { value: 100 } })] }]))).toEqual([
    undefined,
  ]);
});
