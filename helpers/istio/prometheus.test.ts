import { expect, test } from 'vitest';

import { queryArguments, rangeArguments, readSamples, readSeries } from './prometheus.ts';

const proxy = '/services/prometheus:http/proxy/api/v1';

test('a query is about now, in the lab, unless another moment or Prometheus is named', () => {
  expect(queryArguments('a{b="c"}')).toEqual([
    'get',
    '--raw',
    `/api/v1/namespaces/istio-system${proxy}/query?query=a%7Bb%3D%22c%22%7D`,
  ]);
  expect(queryArguments('a', 'shop', 1_795_900_000.12).at(-1)).toBe(
    `/api/v1/namespaces/shop${proxy}/query?query=a&time=1795900000.120`,
  );
});

test('a range is asked for by its ends and its step', () => {
  expect(rangeArguments('a', { from: 10, to: 20.5, stepSeconds: 1 }).at(-1)).toBe(
    `/api/v1/namespaces/istio-system${proxy}/query_range?query=a&start=10.000&end=20.500&step=1`,
  );
});

test('samples and series are read with their labels, also where a value is no number', () => {
  const sample = { data: { result: [{ metric: { pod: 'a' }, value: [1, '2.5'] }] } };
  expect(readSamples({ stdout: JSON.stringify(sample) })).toEqual([{ labels: { pod: 'a' }, value: 2.5 }]);
  const values = [
    [1, '2'],
    [2, 'NaN'],
  ];
  const series = { data: { result: [{ metric: { pod: 'a' }, values }] } };
  expect(readSeries({ stdout: JSON.stringify(series) })).toEqual([
    {
      labels: { pod: 'a' },
      points: [
        { at: 1, value: 2 },
        { at: 2, value: Number.NaN },
      ],
    },
  ]);
});
