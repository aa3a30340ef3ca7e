import { expect, test } from 'vitest';

import { readSamples } from '../istio/prometheus.ts';
import { carefulJudge, carelessJudge, weightAfter } from './release-loop.ts';

/** The share in an answer of Prometheus, as a run got it. */
function shareIn(result: string): number | undefined {
  return readSamples({ stdout: `{"status":"success","data":{"resultType":"vector","result":[${result}]}}` })[0]?.value;
}

const nothing = shareIn('');
const healthy = shareIn('{"metric":{},"value":[1764437000.1,"0"]}');
const failing = shareIn('{"metric":{},"value":[1764437000.1,"0.0982142857142857"]}');

test('a careful judge holds on silence, goes on with health and takes back what fails', () => {
  expect([nothing, healthy, 0.01, failing].map(carefulJudge)).toEqual(['hold', 'on', 'on', 'back']);
});

test('a careless judge takes silence for health', () => {
  expect([nothing, healthy, failing].map(carelessJudge)).toEqual(['on', 'on', 'back']);
});

test('a version gets more in steps, keeps what it has, or loses all', () => {
  expect([0, 10, 50, 100].map((weight) => weightAfter(weight, 'on'))).toEqual([10, 50, 100, 100]);
  expect(weightAfter(50, 'hold')).toBe(50);
  expect(weightAfter(50, 'back')).toBe(0);
});
