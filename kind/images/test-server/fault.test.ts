import { describe, expect, test, vi } from 'vitest';

import { failure, noFault, readFault } from './fault.ts';

describe('a fault is read', () => {
  test('from nothing as no fault', () => {
    expect(readFault({ delay: undefined })).toEqual(noFault);
  });

  test('from text and from JSON values alike', () => {
    const fault = { delayMs: 300, status: 500, rate: 0.2, failFirst: 2, ready: false };
    expect(readFault({ delay: '300ms', status: 500, rate: 0.2, failFirst: 2, ready: false })).toEqual(fault);
    expect(readFault({ delay: '300ms', status: '500', rate: '.2', failFirst: '2', ready: 'false' })).toEqual(fault);
  });

  test('with a status alone as one that fails every call', () => {
    expect(readFault({ status: 500 })).toMatchObject({ status: 500, rate: 1 });
  });

  test('with a status and failFirst as one that fails no others', () => {
    expect(readFault({ status: 500, failFirst: 1 })).toMatchObject({ status: 500, rate: 0, failFirst: 1 });
  });

  test('with a rate alone as one that fails with 503', () => {
    expect(readFault({ rate: 1 })).toMatchObject({ status: 503, rate: 1 });
  });
});

test.for([
  [{ delay: '-5ms' }, 'delay must be a duration from 0 to 10m such as 300ms or 1.5s, not "-5ms"'],
  [{ delay: 300 }, 'delay must be a duration from 0 to 10m such as 300ms or 1.5s, not "300"'],
  [{ status: 199 }, 'status must be a whole number from 200 to 599, not "199"'],
  [{ status: '600' }, 'status must be a whole number from 200 to 599, not "600"'],
  [{ status: 'bad' }, 'status must be a whole number from 200 to 599, not "bad"'],
  [{ rate: 1.1 }, 'rate must be a number from 0 to 1, not "1.1"'],
  [{ rate: -0.1 }, 'rate must be a number from 0 to 1, not "-0.1"'],
  [{ rate: '' }, 'rate must be a number from 0 to 1, not ""'],
  [{ failFirst: 1.5 }, 'failFirst must be a whole number from 0 to 1000000, not "1.5"'],
  [{ ready: null }, 'ready must be true or false, not "null"'],
  [{ failfirst: 1 }, '"failfirst" is not one of delay, status, rate, failFirst, ready'],
] as const)('%o is refused: %s', ([fields, message]) => {
  expect(() => readFault(fields)).toThrow(message);
});

describe('a call', () => {
  const fails = (fields: object, call: number, random = 0.5) =>
    failure(readFault({ ...fields }), call, () => random) !== undefined;

  test('fails while its count is within failFirst', () => {
    expect([1, 2, 3].map((call) => fails({ failFirst: 2 }, call))).toEqual([true, true, false]);
  });

  test('fails where the random number is below the rate', () => {
    expect([0, 0.19, 0.2, 0.9].map((random) => fails({ rate: 0.2 }, 1, random))).toEqual([true, true, false, false]);
  });

  test('without a fault succeeds whatever the random number', () => {
    expect(fails({}, 1, 0)).toBe(false);
  });

  test('draws a random number only where a rate decides', () => {
    const random = vi.fn<() => number>(() => 0);
    failure(readFault({ failFirst: 1 }), 1, random);
    failure(readFault({ status: 500 }), 1, random);
    expect(random).not.toHaveBeenCalled();
  });
});
