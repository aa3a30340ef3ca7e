import { describe, expect, test } from 'vitest';

import { addressesOf, addressText, holds, merged, without } from './ranges.ts';

describe('ranges', () => {
  test('that overlap or touch become one', () => {
    expect(
      merged([
        [80, 90],
        [85, 95],
        [96, 99],
        [200, 200],
      ]),
    ).toEqual([
      [80, 99],
      [200, 200],
    ]);
  });

  test('lose the holes that are cut out of them, also where holes overlap or reach beyond', () => {
    expect(
      without(
        [10, 20],
        [
          [12, 14],
          [13, 15],
          [19, 30],
        ],
      ),
    ).toEqual([
      [10, 11],
      [16, 18],
    ]);
  });

  test('are gone when a hole covers them', () => {
    expect(without([10, 20], [[0, 99]])).toEqual([]);
  });
});

describe('an IPv4 network', () => {
  test('is the range of its addresses, whatever host bits are written', () => {
    expect(addressesOf('10.244.0.77/24').map(addressText)).toEqual(['10.244.0.0-10.244.0.255']);
  });

  test('of 32 bits is one address', () => {
    expect(addressesOf('192.168.1.1/32').map(addressText)).toEqual(['192.168.1.1']);
  });

  test('of 0 bits is every address', () => {
    expect(addressesOf('0.0.0.0/0').map(addressText)).toEqual(['0.0.0.0-255.255.255.255']);
  });

  test('holds its last address and not the one after', () => {
    expect([holds(addressesOf('10.0.0.0/30'), '10.0.0.3'), holds(addressesOf('10.0.0.0/30'), '10.0.0.4')]).toEqual([
      true,
      false,
    ]);
  });

  test('has no addresses if it is one of IPv6', () => {
    expect(addressesOf('fd00::/8')).toEqual([]);
  });
});
