import { expect, test } from 'vitest';

import { readProcessUse } from './process-use.ts';

const stat = '31 (envoy) S 1 1 1 0 -1 4194560 100 0 0 0 120 30 0 0 20 0 9 0 500 1000000 9000';
const status = 'Name:\tenvoy\nVmRSS:\t   51200 kB\nRssAnon:\t   20480 kB\nRssFile:\t   30720 kB';

test('processor time in milliseconds, and memory in MiB', () => {
  expect(readProcessUse(`1234.56 2000.00\n${stat}\n${status}\n`)).toEqual({
    atSeconds: 1234.56,
    processorMs: 1_500,
    residentMiB: 50,
    anonymousMiB: 20,
  });
});

test('no process and two are no reading', () => {
  expect(() => readProcessUse('1234.56 2000.00\n')).toThrow('0 processes');
  expect(() => readProcessUse(`1234.56 2000.00\n${stat}\n${status}\n${stat}\n${status}\n`)).toThrow('2 processes');
});

test('memory that is not told is no 0', () => {
  expect(() => readProcessUse(`1234.56 2000.00\n${stat}\nVmRSS:\t 1024 kB\n`)).toThrow('RssAnon');
});
