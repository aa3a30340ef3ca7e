import { expect, test } from 'vitest';

import { chanceOfTallies, tallyOf } from './tally.ts';

const chance = (a: string, b: string) => {
  const [one, two] = [tallyOf(a), tallyOf(b)];
  if (one === undefined || two === undefined) throw new Error('no tally');
  return chanceOfTallies(one, two);
};

test('counts are read from lines, pairs and objects of answers, and from failures among calls', () => {
  expect(tallyOf('15 × HTTP 200 from backend-c9b786c76-cqlzf\n14 × HTTP 200 from backend-c9b786c76-bf62t')).toEqual(
    new Map([['HTTP 200 from backend-<pod>', [15, 14]]]),
  );
  expect(tallyOf('[["200",30]]')).toEqual(new Map([['200', [30]]]));
  expect(tallyOf('{"HTTP 200, curl 0":16,"HTTP 0, curl 7":14}')?.size).toBe(2);
  expect(tallyOf('{"calls":90,"failed":26}')?.get('failed')).toEqual([26]);
  expect(tallyOf('v1: 302, v2: 98')).toEqual(
    new Map([
      ['v1', [302]],
      ['v2', [98]],
    ]),
  );
  expect(tallyOf('HTTP 200, curl 0: 29, HTTP 0, curl 7: 11')?.size).toBe(2);
  expect(tallyOf('backend-c9b786c76-76k72, 15\nbackend-c9b786c76-5zbx7, 13')).toEqual(
    new Map([['backend-<pod>', [15, 13]]]),
  );
});

test.each([
  '',
  'HTTP 200',
  'packets: 71, readable: 0',
  'before: (calls: 22, failed: 0)',
  'x: 1.5',
  '{"packets":71,"readable":0}',
  '{"exitCode":1,"stdout":""}',
  '{"p50":0.49}',
  '[]',
  '{}',
])('%s is no tally', (output) => {
  expect(tallyOf(output)).toBeUndefined();
});

test.each([
  ['how many of thirty each of two answers got', '{"HTTP 500":16,"HTTP 200":14}', '{"HTTP 200":19,"HTTP 500":11}'],
  ['a tenth of a thousand', '{"v1":900,"v2":100}', '{"v1":925,"v2":75}'],
  ['a third of three hundred', '{"calls":300,"failed":97}', '{"calls":300,"failed":113}'],
  [
    'one of three pods missed in few calls',
    '[["backend-c9b786c76-jbnld",3],["backend-c9b786c76-cqlzf",2]]',
    '[["backend-c9b786c76-jbnld",2],["backend-c9b786c76-cqlzf",2],["backend-c9b786c76-bf62t",1]]',
  ],
])('%s is chance', (_what, a, b) => {
  expect(chance(a, b)).toBeGreaterThan(0.01);
});

test.each([
  ['another share', '{"v1":900,"v2":100}', '{"v1":500,"v2":500}'],
  ['an answer that nobody got before', '{"HTTP 200":30}', '{"HTTP 503":30}'],
  ['all calls failing', '{"calls":90,"failed":0}', '{"calls":90,"failed":90}'],
  [
    'one pod in place of three',
    '[["backend-c9b786c76-jbnld",40]]',
    '[["backend-c9b786c76-jbnld",15],["backend-c9b786c76-cqlzf",12],["backend-c9b786c76-bf62t",13]]',
  ],
])('%s is none', (_what, a, b) => {
  expect(chance(a, b)).toBeLessThan(1e-6);
});
