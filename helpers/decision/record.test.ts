import { expect, test } from 'vitest';

import { assertionsOf, readCurriculum } from '../curriculum/curriculum.ts';
import { readProfiles } from '../roi/profiles.ts';
import { customersIn } from './customer.ts';
import { recordDocument } from './documents.ts';
import { customerWith, groupNamed } from './examples.ts';
import { limits } from './limits.ts';
import { citedIds, decisionRecord } from './record.ts';
import { notShownYet } from './rows.ts';
import { nothingShown, supposing } from './shown.ts';

const customers = customersIn((await readProfiles()).map(({ inputs }) => inputs));
const ids = [...new Set(customers.flatMap(citedIds))];
const green = supposing(ids);
const without = (...red: readonly string[]) =>
  supposing(
    ids.filter((id) => !red.includes(id)),
    red,
  );

/** What a group gets beside one that asks for nothing. */
const choiceOf = (changed: Parameters<typeof groupNamed>[1], shown = green) =>
  decisionRecord(customerWith(groupNamed('one', changed), groupNamed('other')), shown).recommendations[0]?.choice;

const http = { httpPercent: 50, waypoints: 1 };

test('each customer of the course has groups of namespaces', () => {
  expect(customers).toHaveLength(5);
});

test('whatever the rules and the sheet cite is asserted by an exercise', async () => {
  const asserted = new Set(
    assertionsOf(await readCurriculum())
      .filter(({ follows }) => follows === undefined)
      .map(({ id }) => id),
  );
  const cited = [...ids, ...Object.values(limits).flatMap((own) => own.flatMap((each) => each.ids))];
  expect(cited.length).toBeGreaterThan(30);
  expect(cited.filter((id) => !asserted.has(id))).toEqual([]);
});

test.each([
  [{}, 'ambient at layer 4'],
  [http, 'ambient with a waypoint'],
  [{ pods: 6, ownNodes: 6 }, 'sidecars'],
  [{ asks: ['filters by selector'] }, 'sidecars'],
  [{ asks: ['strangers on its nodes'] }, 'sidecars'],
  [{ asks: ['port rules'] }, 'ambient at layer 4'],
  [{ asks: ['host network or UDP'] }, 'outside of the mesh'],
  [{ today: 'sidecars' }, 'ambient at layer 4'],
  // So many pods of waypoints that nothing of the saving is left.
  [{ httpPercent: 100, waypoints: 200 }, 'sidecars'],
] as const)('a group with %j gets %s', (changed, choice) => {
  expect(choiceOf(changed)).toBe(choice);
});

test.each([
  [{}, ['m3.e1.a3'], 'open'],
  [http, ['m3.e3.a3'], 'open'],
  [{ asks: ['filters by selector'] }, ['m3.e8.a6'], 'open'],
  [{ asks: ['strangers on its nodes'] }, ['m3.e2.a10'], 'open'],
  [{ asks: ['port rules'] }, ['m3.e7.a4'], 'open'],
  [{ asks: ['host network or UDP'] }, ['m1.e5.a8'], 'open'],
  [{ today: 'sidecars' }, ['m3.e6.a2'], 'open'],
  [{ today: 'sidecars' }, ['m3.e4.a4'], 'open'],
  // Either of two lines is enough.
  [{}, ['m3.e4.a1'], 'ambient at layer 4'],
  [{}, ['m3.e1.a1'], 'ambient at layer 4'],
  [{}, ['m3.e4.a1', 'm3.e1.a1'], 'open'],
  // What is weighed decides nothing.
  [{}, ['m3.e2.a9', 'm3.e5.a2'], 'ambient at layer 4'],
] as const)('a group with %j, and %j red, gets %s', (changed, red, choice) => {
  expect(choiceOf(changed, without(...red))).toBe(choice);
});

test('one red result changes each record that cites it, and the line says that it is not shown', () => {
  for (const customer of customers) {
    const before = recordDocument(decisionRecord(customer, green));
    expect(before).not.toContain(notShownYet);
    for (const id of citedIds(customer)) {
      const after = decisionRecord(customer, without(id));
      expect(recordDocument(after)).not.toBe(before);
      expect(after.lines.filter((line) => line.ids.includes(id)).map(({ state }) => state)).not.toContain('shown');
      expect(recordDocument(after)).toContain(notShownYet);
    }
  }
});

test('where nothing was run each group is left open, and what would have to be shown is named', () => {
  for (const customer of customers) {
    const { recommendations } = decisionRecord(customer, nothingShown);
    expect(new Set(recommendations.map(({ choice }) => choice))).toEqual(new Set(['open']));
    expect(recommendations.filter(({ because }) => because.length === 0)).toEqual([]);
  }
});

test('what was outweighed is named', () => {
  const group = groupNamed('one', { asks: ['strangers on its nodes', 'open calls cut'] });
  const [recommendation] = decisionRecord(customerWith(group), green).recommendations;
  expect(recommendation?.choice).toBe('sidecars');
  expect(recommendation?.against.map(({ rule }) => rule)).toContain('Shutting somebody out');
});

test('the same results make the same bytes, in whatever order they come', () => {
  for (const customer of customers) {
    const text = recordDocument(decisionRecord(customer, green));
    expect(recordDocument(decisionRecord(customer, supposing(ids.toReversed())))).toBe(text);
  }
});

test('what no result decides is an opinion, and nothing else is', () => {
  const { lines } = decisionRecord(customerWith(groupNamed('one')), green);
  expect(lines.filter(({ ids: own, state }) => (own.length === 0) !== (state === 'opinion'))).toEqual([]);
  expect(lines.filter(({ state }) => state === 'opinion').length).toBeGreaterThan(1);
});
