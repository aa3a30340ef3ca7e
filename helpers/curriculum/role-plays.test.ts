import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';

import { ambientRequests, pricePerMonth, sidecarRequests } from '../roi/footprint.ts';
import type { UsageProblem } from '../system/errors.ts';
import { readCards } from './cards.ts';
import { isToCome, readCurriculum } from './curriculum.ts';
import { exampleCurriculum, exampleRolePlay } from './examples.ts';
import { readRolePlays, rolePlayNamed, rolePlayWith } from './role-plays.ts';

const course = await readRolePlays(await readCurriculum());

test('every role-play of the course fits, and each of the five customers has one', () => {
  expect(course.map(({ scenario }) => scenario)).toEqual(['ahmed', 'jennifer', 'lisa', 'marcus', 'sarah']);
});

test('each persona of a module can be talked to', async () => {
  const { modules } = await readCards(await readCurriculum());
  expect(modules.filter(({ persona }) => rolePlayWith(course, persona) === undefined)).toEqual([]);
  expect(rolePlayWith(course, 'Nobody')).toBeUndefined();
});

test('what Module 3 has still to prove is not won with in its absence', async () => {
  if (!isToCome('m3.e3', await readCurriculum())) return;
  const marcus = rolePlayNamed(course, 'marcus', 'role-play');
  const ambient = marcus.objections.find(({ objection }) => objection.includes('ambient'));
  expect(ambient?.limit).toMatchObject({ opinion: true, later: ['m3.e3'] });
});

test('amounts in dollars are those of the calculator, or the customer’s own', () => {
  const price = (requests: { milliCpu: number; mebibytes: number }) => pricePerMonth(requests, 25, 3);
  const rapidScale = [price(sidecarRequests(120)), price(ambientRequests(6, 2))] as const;
  const meridian = [price(sidecarRequests(900)), price(ambientRequests(40, 12))] as const;
  const known = [...rapidScale, rapidScale[0] - rapidScale[1], ...meridian, 25, 3, 9_000].map((each) =>
    each.toLocaleString('en-US', { minimumFractionDigits: Number.isInteger(each) ? 0 : 2 }),
  );
  const told = JSON.stringify(course).matchAll(/\$([\d,]+(?:\.\d\d)?)/g);
  const amounts = new Set(Array.from(told, ([, amount = '']) => amount.replace(/\.00$/, '')));
  expect(amounts.size).toBeGreaterThan(5);
  expect([...amounts].filter((each) => !known.some((other) => other.replace(/(\.\d)$/, '$10') === each))).toEqual([]);
});

test('faults are told with the file that has them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'role-plays-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, 'names.yaml'), stringify(exampleRolePlay));
  expect(await readRolePlays(exampleCurriculum, dir)).toEqual([exampleRolePlay]);
  await writeFile(join(dir, 'other.yaml'), stringify({ ...exampleRolePlay, minutes: 0 }));
  await expect(readRolePlays(exampleCurriculum, dir)).rejects.toThrow(
    [
      'Role-plays have faults:',
      'specs/practice/role-plays/other.yaml minutes: is no number of minutes',
      'specs/practice/role-plays/other.yaml scenario: is not the name of the file',
    ].join('\n'),
  );
});

test('a name that is no scenario is answered with those that are', () => {
  expect(rolePlayNamed([exampleRolePlay], 'Names', 'role-play')).toBe(exampleRolePlay);
  expect(() => rolePlayNamed([exampleRolePlay], '', 'role-play')).toThrow('role-play needs a scenario');
  expect(() => rolePlayNamed([exampleRolePlay], 'nams', 'role-play')).toThrow(
    expect.objectContaining({ next: 'make role-play SCENARIO=names' }) as UsageProblem,
  );
});
