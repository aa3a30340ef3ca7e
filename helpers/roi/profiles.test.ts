import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { documents } from './documents/all.ts';
import { profilesDocument, profilesTable } from './documents/profiles.ts';
import { profileFile, profileNames, readProfiles } from './profiles.ts';
import { profileVectors } from './vectors/profiles.ts';

const profiles = await readProfiles();

test.each(profileVectors(profiles))('%s %s: %s', (_rule, _what, given, byHand) => {
  expect(given).toBe(byHand);
});

test('each persona of the course has a profile with worked examples', () => {
  expect(profileNames).toEqual(['sarah', 'marcus', 'jennifer', 'ahmed', 'lisa']);
  const rules = new Set(profileVectors(profiles).map(([rule]) => rule));
  expect([...rules].toSorted()).toEqual(['R.16', 'R.17', 'R.18', 'R.19', 'R.20']);
});

test('what is said to be measured is measured by a spec', async () => {
  // The drill of Module 6 is measured by what its two specs share.
  const files = await Array.fromAsync(glob(['specs/**/*.spec.ts', 'helpers/lesson/*.ts'], { cwd: projectRoot }));
  const text = (await Promise.all(files.map((file) => readFile(join(projectRoot, file), 'utf8')))).join('\n');
  const named = profiles.flatMap(({ inputs: { relatedMeasurements: related, dora } }) => [
    ...related.map(({ measuredBy }) => measuredBy),
    ...(dora?.recoverySeconds.measuredBy === undefined ? [] : [dora.recoverySeconds.measuredBy]),
  ]);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((id) => !new RegExp(String.raw`[mM]easure\w*\(\s*'${id}'`).test(text))).toEqual([]);
});

test('a name is taken in any case, and an unknown one is refused with those that there are', () => {
  expect(profileFile('Lisa')).toMatch(/lisa\.yaml$/);
  expect(() => profileFile('bob')).toThrow(UsageProblem);
  expect(() => profileFile('constructor')).toThrow('PROFILE=constructor is no profile');
});

test('the table has each customer, and the page says what was assumed and what was not measured', () => {
  const table = profilesTable(profiles);
  for (const { inputs } of profiles) expect(table).toContain(inputs.company);
  const page = profilesDocument(profiles, [
    { exercise: 'm6.e6.a3', what: 'from the fault to the page', value: 6.29, unit: 'seconds', run: '2026-01-02' },
  ]);
  expect(page).toContain('- beside dashboards and alerts: m6.e6.a3, 1 figure of the last run');
  expect(page).toContain('- beside downtime: m6.e8.a1, not in the last run');
  expect(page).toContain('- measured: none');
});

test('the sheets of a customer have what was told, how a quantity came about, and why a saving is no larger', () => {
  const sarah = profiles.find(({ name }) => name === 'sarah');
  if (sarah === undefined) throw new Error('Sarah has no profile');
  const sheets = documents(sarah.inputs, []);
  expect([...sheets.keys()]).toEqual(['sarah-current-costs.md', 'sarah-service-mesh-value.md']);
  expect(sheets.get('sarah-current-costs.md')).toContain('(assumed): 2,000 services × 4 h × 2 audits a year ÷ 12');
  expect(sheets.get('sarah-current-costs.md')).not.toContain('monitoring by hand');
  expect(sheets.get('sarah-service-mesh-value.md')).toContain(
    '(assumed); NetworkPolicies stay and go on being changed',
  );
  expect(sheets.get('sarah-service-mesh-value.md')).toContain(
    '- Changes of policies (m4.e10.a9). It is the time until',
  );
});
