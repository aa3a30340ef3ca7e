import { expect, test } from 'vitest';

import { readProfiles } from '../roi/profiles.ts';
import { customersIn } from './customer.ts';
import { aboutSheet, decisionDocuments } from './documents.ts';
import { customerWith, groupNamed } from './examples.ts';
import { citedIds } from './record.ts';
import { sheetOf } from './sheet.ts';
import { nothingShown, supposing } from './shown.ts';

const customers = customersIn((await readProfiles()).map(({ inputs }) => inputs));
const green = supposing(customers.flatMap(citedIds));
const rowOf = (customer: Parameters<typeof sheetOf>[0], what: string, shown = nothingShown) =>
  sheetOf(customer, shown).rows.find(([name]) => name === what);

test.each([
  ['RapidScale', ['12,000m', '1,800m', '2,200m', '2,200m'], ['$345.00', '$55.76', '$67.26', '$67.26']],
  // 120 pods keep a sidecar, so the agents of the nodes come on top of these.
  ['MegaBank', ['600,000m', '60,000m', '80,000m', '92,000m'], ['$17,250.00', '$1,858.59', '$2,433.59', '$2,778.59']],
])('%s: requests and price are those by hand', (company, requests, price) => {
  const customer = customers.find((each) => each.company === company);
  if (customer === undefined) throw new Error(`${company} has no groups`);
  expect(rowOf(customer, 'Processor asked for', green)?.slice(1)).toEqual(requests);
  expect(rowOf(customer, 'Price of that in a month', green)?.slice(1)).toEqual(price);
});

test('nodes of its own are counted for a group, and what stays outside asks for nothing', () => {
  const customer = customerWith(
    groupNamed('shared', { waypoints: 1, httpPercent: 10 }),
    groupNamed('alone', { pods: 6, ownNodes: 6 }),
    groupNamed('outside', { asks: ['host network or UDP'] }),
  );
  const what = 'Processor asked for';
  // 106 sidecars; 16 nodes with 300m each, and two pods of a waypoint.
  expect(rowOf(customer, what)).toEqual([what, '10,600m', '4,800m', '5,000m', 'a group is open']);
  // Six sidecars on their own nodes; ten nodes with 300m each, and the pods of the waypoint.
  expect(rowOf(customer, what, green)?.at(-1)).toBe('3,800m');
});

test('the work is that of the run where it was measured, and says so where it was not', () => {
  const customer = customerWith(groupNamed('one'));
  const what = 'The same, measured on the lab of this run';
  expect(rowOf(customer, what)?.slice(1)).toEqual([...Array(3).fill('not shown in this run'), '']);
  const figures = [
    ['two sidecars: the sidecar of the caller, 1,000 calls', 200],
    ['two sidecars: the sidecar of the server, 1,000 calls', 150],
    ['ambient at layer 4: ztunnel, 1,000 calls', 100],
  ] as const;
  const measurements = figures.map(([name, value]) => ({
    exercise: 'm3.e4.a3',
    what: name,
    value,
    unit: 'ms of processor',
    run: '',
  }));
  expect(rowOf(customer, what, { results: [], measurements })?.slice(1)).toEqual([
    '0.35 s',
    '0.1 s',
    'not shown in this run',
    '',
  ]);
});

test('how much the sheet rests on is said: services, their share with HTTP rules, replicas and prices', () => {
  const customer = customerWith(groupNamed('one', { httpPercent: 50, waypoints: 3 }), groupNamed('other'));
  const text = aboutSheet(customer);
  expect(text).toContain('20 services, 25.0 % of them with rules or routes by HTTP, in 200 pods on 10 nodes (assumed)');
  expect(text).toContain('3 waypoints with 2 pods each; $25 for a processor and $3 for a GiB a month');
});

test('make roi writes both files, and each group has a row of its own', () => {
  const files = decisionDocuments(customerWith(groupNamed('Data'), groupNamed('Mobile')), supposing(['m3.e1.a1']));
  expect([...files.keys()]).toEqual(['sidecars-and-ambient.md', 'decision-record.md']);
  for (const text of files.values()) {
    expect(text).toMatch(/^\| Data: 10 services.*\| open \|/m);
    expect(text).toMatch(/^\| Mobile: 10 services.*\| open \|/m);
  }
});
