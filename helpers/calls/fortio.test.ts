import { expect, test } from 'vitest';

import { readFortio } from './fortio.ts';

const result = {
  StartTime: '2026-11-29T10:00:00.5Z',
  ActualDuration: 20_100_000_000,
  ActualQPS: 19.9,
  RetCodes: { '200': 318, '500': 82 },
  DurationHistogram: { Count: 400, Min: 0.3, Max: 0.42, Avg: 0.31, Percentiles: [{ Percentile: 50, Value: 0.305 }] },
};

const printed = JSON.stringify(result, undefined, 2);

test('a result is read in seconds and milliseconds, whatever was logged around it', () => {
  const read = readFortio(`{"level":"warn","msg":"some"}\n${printed}\n{"level":"info"}\n`);
  expect(read).toMatchObject({
    startedAt: Date.parse('2026-11-29T10:00:00.500Z'),
    seconds: 20.1,
    perSecond: 19.9,
    calls: 400,
    codes: { '200': 318, '500': 82 },
    mean: 310,
    least: 300,
    most: 420,
  });
  expect(read.percentile(50)).toBe(305);
});

test('a percentile that fortio was not asked for is an error, and so is an output without a result', () => {
  expect(() => readFortio(printed).percentile(95)).toThrow('percentile 95');
  expect(() => readFortio('fortio: command not found')).toThrow('has printed no result: fortio: command');
});
