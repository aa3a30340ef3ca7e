import { readFile } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { UsageProblem } from '../system/errors.ts';
import { exampleInputs } from './example.ts';
import { parseInputs, readInputs, wholeInputs } from './inputs.ts';

const file = exampleInputs;
const good = await readFile(file, 'utf8');
const changed = (from: string, to: string) => {
  expect(good).toContain(from);
  return parseInputs(good.replace(from, to), 'mine.yaml');
};

test('the inputs of RapidScale are accepted', () => {
  expect(parseInputs(good, file).costs).toHaveLength(8);
});

test.each([
  ['quantity: 40', 'quantity: -40', 'costs[0].quantity is -40; accepted: a number from 0 to 1000000'],
  ['percent: 70', 'percent: 101', 'costs[0].saving.percent is 101; accepted: a number from 0 to 100'],
  ['before: 15, ', '', 'dora.changeFailurePercent.before is missing; accepted: a number from 0.001 to 100'],
  ['worst: 24', 'worst: 12', 'build.parityMonths.worst is 12; accepted: a number from 18 to 240'],
  ['persona: Marcus Chen', 'persona: 7', 'persona is 7; accepted: a text'],
  ['basis: given\n\n', 'basis: measured\n\n', 'team.basis is "measured"; accepted: one of given, assumed'],
  ['services: 40', 'service: 40', 'team.services is missing; accepted: a number from 0 to 100000'],
  ['services: 40', 'services: 40\n  office: 3', 'team.office is 3; accepted: no such field, only developers'],
])('%j as %j is refused', (from, to, message) => {
  expect(() => changed(from, to)).toThrow(UsageProblem);
  expect(() => changed(from, to)).toThrow(message);
});

test('an investment of nothing is refused, because it has no return', () => {
  const free = good.replaceAll('{ engineers: 2, months: 2 }', '{ engineers: 0, months: 2 }');
  const unpaid = free.replaceAll('{ engineers: 2, months: 3 }', '{ engineers: 2, months: 0 }');
  expect(() => parseInputs(free, 'mine.yaml')).not.toThrow();
  expect(() => parseInputs(unpaid, 'mine.yaml')).toThrow(
    'adopt.migration is {"engineers":2,"months":0}; accepted: more',
  );
});

test('a file that is missing or no YAML is a problem of usage, not a stack trace', async () => {
  await expect(readInputs('/nowhere.yaml')).rejects.toThrow(UsageProblem);
  expect(() => parseInputs('a: [', 'mine.yaml')).toThrow(UsageProblem);
  expect(() => parseInputs('', 'mine.yaml')).toThrow('the file is null');
});

test.each(['company: [', 'company: *nobody', '- one', 'company: "\n'])('%j is a line, and no stack trace', (text) => {
  expect(() => parseInputs(text, 'mine.yaml')).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^[^\n]+$/) as string }),
  );
});

test('deliveries and building may be left out, and whoever needs them says so', () => {
  const short = parseInputs(
    `${good.slice(0, good.indexOf('build:'))}${good.slice(good.indexOf('# Machines'), good.indexOf('dora:'))}`,
    'mine.yaml',
  );
  expect(short).toMatchObject({ build: undefined, dora: undefined, relatedMeasurements: [] });
  expect(() => wholeInputs(short, 'mine.yaml')).toThrow('dora is missing in mine.yaml');
});

test('a measurement that has to do with a figure names one of the file', () => {
  expect(() => changed('relatesTo: recovery time', 'relatesTo: uptime')).toThrow(
    'relatedMeasurements: "uptime" is no figure of the file; accepted: Debugging distributed issues,',
  );
});
