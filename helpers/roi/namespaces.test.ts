import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageProblem } from '../system/errors.ts';
import { exampleInputs } from './example.ts';
import { parseInputs } from './inputs.ts';

const good = await readFile(exampleInputs, 'utf8');

test('groups are read with what they ask for, and may be left out', () => {
  const { namespaces } = parseInputs(good, 'mine.yaml');
  expect(namespaces?.groups[0]).toMatchObject({ name: 'Backend and billing', waypoints: 2, asks: ['port rules'] });
  const without = good.replace(/\nnamespaces:\n[^]*?\n\n/, '\n\n');
  expect(parseInputs(without, 'mine.yaml').namespaces).toBeUndefined();
});

test.each([
  ['asks: [port rules]', 'asks: [magic]', 'namespaces.groups[0].asks is ["magic"]; accepted: a list of filters by'],
  ['asks: [port rules]', 'asks: port rules', 'namespaces.groups[0].asks is "port rules"; accepted: a list of'],
  [
    '      pods: 6\n',
    '      pods: 7\n',
    'groups of namespaces have 121 pods together; accepted: those of infrastructure, 120',
  ],
  ['      waypoints: 2\n', '      waypoints: 0\n', 'waypoints is 0; accepted: at least 1 where services have rules'],
  ['      services: 2\n', '      services: 20\n', 'more services than the team; accepted: up to 40'],
  ['      pods: 6\n', '      pods: 6\n      ownNodes: 6\n', 'leave 0 of 6 for the others'],
])('%j as %j is refused', (from, to, message) => {
  const text = good.replace(from, to);
  expect(text).not.toBe(good);
  expect(() => parseInputs(text, 'mine.yaml')).toThrow(UsageProblem);
  expect(() => parseInputs(text, 'mine.yaml')).toThrow(message);
});
