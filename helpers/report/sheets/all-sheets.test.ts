import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readCurriculum } from '../../curriculum/curriculum.ts';
import { readSteppedSpecs } from '../../curriculum/deciding-steps.ts';
import { readTroubleshooting } from '../../curriculum/troubleshooting.ts';
import { wordsOf } from '../../draw/paper.ts';
import { exampleCard, exampleExercise, exampleFacts } from '../../record/examples.ts';
import type { RanCommand } from '../../record/observation.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { projectRoot } from '../../system/paths.ts';
import { allSheets, readPlans } from './all-sheets.ts';

const today = new Date('2026-11-24T00:00:00Z');
const specs = await readSteppedSpecs();
const plans = await readPlans();

/** A run of the whole course in which every exercise ended so, and typed this. */
function runOf(status: string, typed: readonly string[] = []): RunRecord {
  const commands: RanCommand[] = typed.map((each) => ({ step: 'Look', command: each, typed: each, exitCode: 0 }));
  const exercises = specs.map(({ path, proves }) => {
    const card = Object.assign({}, exampleCard, { proves, takeaway: `What ${path} comes to.` });
    return Object.assign({}, exampleExercise, { path, status, card, commands });
  });
  return { facts: exampleFacts, commit: '', only: '', exercises, leftovers: [] };
}

const textsOf = (run: RunRecord) =>
  new Map(allSheets(plans, run, today).map(({ name, page }) => [name, wordsOf(page(8))]));

test('the sheets of the course have no fault where everything is proven', async () => {
  const sheets = allSheets(plans, runOf('passed'), today);
  expect(sheets.map(({ name }) => name)).toEqual(['personas', 'concepts', 'troubleshooting', 'demos', 'roi']);
  expect(sheets.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`))).toEqual([]);
});

test('a sheet names each thing that the run does not prove', async () => {
  for (const { faults, page } of allSheets(plans, runOf('failed'), today)) {
    expect(faults).not.toEqual([]);
    expect(wordsOf(page(8))).not.toContain('✓ m');
  }
});

test('a need that a module has no room for is named where the run does not prove it', () => {
  const run = runOf('passed');
  const [card] = plans.cards.modules;
  const [id] = card?.needs.findLast(({ provenBy = [] }) => provenBy.length > 0)?.provenBy ?? [];
  const exercises = run.exercises.map((each) =>
    id !== undefined && each.card?.proves.includes(id) ? { ...each, status: 'failed' } : each,
  );
  const [personas] = allSheets(plans, { ...run, exercises }, today);
  expect(wordsOf(personas?.page(8) ?? '')).toContain('Not proven in this run');
  expect(personas?.faults.join()).toContain(`${id} is not proven`);
  expect(textsOf(run).get('personas')).not.toContain('Not proven in this run');
});

test('no command stands on a sheet that the run has not typed', async () => {
  const texts = [...textsOf(runOf('passed')).values()].join(' ');
  expect(texts.match(/\b(?:kubectl|istioctl|curl) (?:-|[a-z])\S*/g)).toBeNull();
});

test('a command that was typed stands there, and no other', async () => {
  const { parts } = await readTroubleshooting(await readCurriculum());
  const [row] = parts.flatMap(({ rows }) => rows);
  const first = row?.first ?? '';
  const texts = textsOf(
    runOf('passed', [first.replaceAll(/<(\w+)>/g, '$1'), 'kubectl apply -f fixtures/a/b/20-strict-mtls.yaml']),
  );
  expect(texts.get('troubleshooting')?.replaceAll(' ', '')).toContain(first.replaceAll(' ', ''));
  expect(texts.get('troubleshooting')).toContain('no such command was run');
  expect(texts.get('demos')).toContain('kubectl apply -f 20-strict-mtls.yaml');
  expect(texts.get('demos')).not.toContain('30-frontend-reads.yaml');
});

test('every target of make that is named on a sheet is there', async () => {
  const makefile = await readFile(join(projectRoot, 'Makefile'), 'utf8');
  const pages = allSheets(plans, runOf('passed'), today).map(({ page }) => page(8));
  const named = pages.flatMap((page) => Array.from(page.matchAll(/<code>make ([a-z-]+)/g), ([, target]) => target));
  expect(named).toContain('demo-security');
  for (const target of new Set(named)) expect(makefile).toMatch(new RegExp(`^${target}: .*##`, 'm'));
});

test('the words and the amounts are those of the exercises and of the calculation', async () => {
  const texts = textsOf(runOf('passed'));
  expect(texts.get('concepts')).toContain(
    'NetworkPolicy. What 01-foundation/04-network-policy/01-blocks-the-attacker comes to.',
  );
  expect(texts.get('roi')).toContain('Value a month = sum of cost × saving = $115,600, 65.2 % of the cost');
  expect(texts.get('roi')).toContain('nothing in this run');
});
