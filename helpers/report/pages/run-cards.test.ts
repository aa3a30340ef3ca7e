import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { readCards } from '../../curriculum/cards.ts';
import { assertionsOf, readCurriculum } from '../../curriculum/curriculum.ts';
import type { Card } from '../../record/card.ts';
import { exampleExercise } from '../../record/examples.ts';
import { unknownFacts } from '../../record/run-facts.ts';
import { writeExercisePages } from './exercise-pages.ts';
import { writeModulePages } from './module-pages.ts';
import { unprovenCitations } from './run-cards.ts';
import { writeTroubleshootingPage } from './troubleshooting-page.ts';

const curriculum = await readCurriculum();
const { exercises: cards, troubleshooting } = await readCards(curriculum);
/** Every command of the troubleshooting index, with something in place of what is left open. */
const commands = (troubleshooting?.parts ?? [])
  .flatMap(({ rows }) => rows)
  .map(({ first }) => first.replaceAll(/<[^>]+>|…/g, 'x'))
  .map((typed) => ({ step: 'Before', command: typed, typed, exitCode: 0 }));
const facts = { ...unknownFacts, startedAt: '2026-11-21T03:12:00.000Z' };

/** A run in which one spec of each exercise proves everything but some ids, and types everything. */
function runWithout(...missing: string[]) {
  const proves = assertionsOf(curriculum)
    .map(({ id }) => id)
    .filter((id) => !missing.includes(id));
  const card = { proves } as unknown as Card;
  return cards.map(({ folder }) => Object.assign({}, exampleExercise, { path: `${folder}/01-a`, card, commands }));
}

let draft = '';
beforeEach(async () => {
  draft = await mkdtemp(join(tmpdir(), 'pages-'));
});
afterEach(async () => rm(draft, { recursive: true }));

async function page(id: string): Promise<{ status: string; statusDetails: { message?: string }; labels: unknown }> {
  return JSON.parse(await readFile(join(draft, `${id}-result.json`), 'utf8'));
}

test('a run that proves everything has no broken citation', async () => {
  expect(await unprovenCitations(runWithout())).toEqual([]);
});

test('whatever cites what was not proven is found, on cards of exercises and of modules', async () => {
  const found = (await unprovenCitations(runWithout('m1.e7.a7'))).map(({ to, id }) => `${id}: ${to}`);
  expect(found).toContainEqual(expect.stringMatching(/^m1\.e7\.a7: NetworkPolicy is my floor/));
  expect(found).toContain('m1.e7.a7: Access decided by who calls, not from where');
});

test('a command of the troubleshooting index that nobody has typed is found too', async () => {
  const run = runWithout().map((each) => Object.assign(each, { commands: commands.slice(1) }));
  expect((await unprovenCitations(run)).map(({ to, id }) => `${to} ${id}`)).toEqual([
    'After injection a container restarts again and again. the command “kubectl logs <pod> --container <container> --previous”',
  ]);
});

test('the troubleshooting index is a page of a run that judged some of it, and fails with what it cites', async () => {
  const run = { facts, commit: '', only: '', exercises: runWithout('m1.ts.a1'), leftovers: [] };
  expect(await writeTroubleshootingPage(run, draft)).toMatch(/^[0-9a-f]{32}$/);
  expect(await page('00-troubleshooting')).toMatchObject({
    status: 'failed',
    statusDetails: { message: '“After injection a container restarts again and again.” cites m1.ts.a1' },
  });
  expect(await writeTroubleshootingPage({ ...run, exercises: [exampleExercise] }, draft)).toBeUndefined();
});

test('each exercise has a page of its own, which stands with its claims and fails with what it cites', async () => {
  const exercises = runWithout('m1.e7.a7');
  await writeExercisePages({ facts, commit: '', only: '', exercises, leftovers: [] }, draft);
  expect(await readdir(draft)).toHaveLength(cards.length);
  const { status, statusDetails, labels } = await page('00-01-foundation-02-flat-network');
  expect(status).toBe('failed');
  expect(statusDetails.message).toMatch(/^“NetworkPolicy is my floor.*” cites m1\.e7\.a7$/);
  expect(labels).toEqual([
    { name: 'epic', value: '01 Foundation' },
    { name: 'feature', value: '02 Flat network' },
  ]);
  expect(await page('00-01-foundation-05-adding-the-mesh')).toMatchObject({ status: 'passed' });
});

test('a run of a part gets the pages of that part, and they do not fail for the rest', async () => {
  const exercises = runWithout('m1.e7.a7').filter(({ path }) => path.startsWith('01-foundation/02-'));
  const run = { facts, commit: '', only: 'm1.e2', exercises, leftovers: [] };
  await writeExercisePages(run, draft);
  await writeModulePages(run, draft, []);
  expect(await readdir(draft)).toEqual([
    '00-01-foundation-02-flat-network-result.json',
    '00-01-foundation-result.json',
  ]);
  expect(await page('00-01-foundation-02-flat-network')).toMatchObject({ status: 'passed' });
});
