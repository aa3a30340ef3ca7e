import { expect, test } from 'vitest';

import { faultRunOf, withNewRows } from './fault-run.ts';

const row = (name: string, day: string) => ({ name, says: `${name} broke`, startedAt: `2026-01-${day}T00:00:00Z` });
const cell = (fault: string, seconds: number) =>
  ({ lesson: 'a', fault, demanded: 'red', state: 'failed', injected: true, seconds, reason: '', right: true }) as const;
const kept = { faults: [row('dns', '01'), row('cpu', '01')], cells: [cell('dns', 1), cell('cpu', 1)] };

test('a row that was run again takes the place of the older one, and the order stays', () => {
  const merged = withNewRows(kept, { faults: [row('cpu', '02')], cells: [cell('cpu', 2)] }, ['dns', 'cpu']);
  expect(merged.faults).toEqual([row('dns', '01'), row('cpu', '02')]);
  expect(merged.cells).toEqual([cell('cpu', 2), cell('dns', 1)]);
});

test('a grid may begin with a part', () => {
  const part = { faults: [row('cpu', '02')], cells: [cell('cpu', 2)] };
  expect(withNewRows(undefined, part, ['dns', 'cpu'])).toEqual(part);
});

test('a grid is read as it was written, and one without dates is none', () => {
  expect(faultRunOf(JSON.stringify(kept))).toEqual(kept);
  expect(faultRunOf(JSON.stringify({ faults: [{ name: 'dns', says: 'broke' }], cells: [] }))).toBeUndefined();
});
