import { readdirSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { cases } from './cases.ts';
import { calls, differences, drawGrids, expectedGrid } from './reachability.ts';

describe('an expected grid', () => {
  test('is all open without a statement', () => {
    expect(new Set(expectedGrid([]).values())).toEqual(new Set(['open']));
  });

  test('lets a later statement overrule an earlier one', () => {
    const grid = expectedGrid(['shut: */* -> bank/vault', 'open: shop/* -> bank/vault:81']);
    expect(grid.get('shop/till -> bank/vault:81')).toBe('open');
    expect(grid.get('shop/till -> bank/vault:80')).toBe('shut');
    expect(grid.get('street/thief -> bank/vault:81')).toBe('shut');
  });

  test('never shuts a pod off from itself', () => {
    expect(expectedGrid(['shut: */* -> */*']).get('bank/vault -> bank/vault:80')).toBe('open');
  });

  test('refuses a statement about nobody', () => {
    expect(() => expectedGrid(['shut: bank/robber -> */*'])).toThrow('"bank/robber"');
    expect(() => expectedGrid(['closed: */* -> */*'])).toThrow('cannot read the statement');
  });
});

describe('two grids', () => {
  test('differ where a call was broken instead of shut, and where it was not observed', () => {
    const expected = expectedGrid(['shut: */* -> bank/vault:80']);
    const observed = new Map(expected).set('shop/till -> bank/vault:80', 'broken');
    observed.delete('shop/till -> bank/vault:81');
    expect(differences(expected, observed)).toEqual(['shop/till -> bank/vault:80', 'shop/till -> bank/vault:81']);
  });

  test('are drawn side by side', () => {
    const drawn = drawGrids(expectedGrid(['shut: shop/till -> bank/vault:80']), expectedGrid([]));
    expect(drawn).toMatch(/shop\/till {5}X\. .* {3}\.\. /);
  });
});

describe('the cases', () => {
  test.for(cases)('$name: its statements can be read', ({ expect: statements }) => {
    expect(expectedGrid(statements).size).toBe(calls.length);
  });

  test('use every policy file beside them, and no other', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));
    expect([...new Set(cases.flatMap(({ policies }) => policies))].toSorted()).toEqual(files.toSorted());
  });

  test('have names of their own', () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });
});
