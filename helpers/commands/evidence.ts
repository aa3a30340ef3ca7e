/**
 * Prints what proves an assertion of the curriculum: its claim, the commands that decide it with what they printed, and when
 * and on what that was: make evidence ID=m1.e4.a2. Exit code 1 if the last run that had it did not prove it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { assertionNamed } from '../curriculum/assertion-named.ts';
import { citedFor, readCards } from '../curriculum/cards.ts';
import { restingOn } from '../curriculum/coverage.ts';
import { type Assertion, assertionsOf, type Curriculum, readCurriculum } from '../curriculum/curriculum.ts';
import { readDecidingSteps, readSteppedSpecs } from '../curriculum/deciding-steps.ts';
import { dayOf } from '../present/demo-lines.ts';
import { evidenceLines, restingLines } from '../present/evidence-lines.ts';
import { type Judged, lastJudged } from '../runs/last-judged.ts';
import { readRun, runFile, type RunRecord } from '../runs/run-record.ts';
import { exitCodes, Problem, UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

/** Characters to a line: as many as the terminal has, but no more than can be read at a glance. */
const width = Math.min(process.stdout.columns ?? 100, 120);
const notJudged: Judged = { last: undefined, proven: undefined };

await command(async () => {
  const curriculum = await readCurriculum();
  const assertion = assertionNamed(given('ID').ID ?? '', 'make evidence ID=', curriculum);
  return assertion.follows === undefined ? ofExercises(assertion, curriculum) : ofOthers(assertion, curriculum);
});

async function ofExercises(assertion: Assertion, { errata }: Curriculum): Promise<number> {
  const { lastRun, judged } = await lastJudged([assertion.id]);
  const stands = judged.get(assertion.id) ?? notJudged;
  if (stands.last === undefined) throw await neverJudged(assertion, lastRun);
  const report = await runOfReport();
  const lines = evidenceLines(assertion, stands, {
    steps: await readDecidingSteps(),
    errata: errata.filter(({ id }) => assertion.errata?.includes(id)),
    pageOf: ({ run }, { page }) =>
      report?.facts.startedAt === run.facts.startedAt
        ? `${pathToFileURL(join(reportsDir, 'html', 'index.html')).href}#${page}`
        : undefined,
    width,
  });
  for (const line of lines) say(line);
  if (lastRun !== undefined && lastRun !== stands.last.run)
    say(
      `The last run of all, of ${dayOf(lastRun.facts.startedAt)}, had ${partOf(lastRun)}, and not all that proves this.`,
    );
  return stands.last === stands.proven ? 0 : exitCodes.failed;
}

/** An assertion that holds when others do. */
async function ofOthers(assertion: Assertion, curriculum: Curriculum): Promise<number> {
  const { follows = [] } = assertion;
  const ids = typeof follows === 'string' ? citedFor(assertion.id, follows, await readCards(curriculum)) : follows;
  const { lastRun, judged } = await lastJudged(ids);
  if (lastRun === undefined) throw noRun(assertion.id);
  const rows = assertionsOf(curriculum);
  const cited = ids.map((id) => ({
    id,
    requires: rows.find((row) => row.id === id)?.requires ?? '',
    judged: judged.get(id) ?? notJudged,
  }));
  const status = restingOn(
    assertion.id,
    cited.map(({ id, judged: { last } }) => last?.status ?? { id, state: 'open', reason: 'no run has had it' }),
  );
  for (const line of restingLines(assertion, status, cited, width)) say(line);
  return status.state === 'proven' ? 0 : exitCodes.failed;
}

/** Why nothing can be shown of an assertion. */
async function neverJudged({ id }: Assertion, lastRun: RunRecord | undefined): Promise<Problem> {
  if (!(await readSteppedSpecs()).some(({ proves }) => proves.includes(id)))
    return new Problem(`no exercise proves ${id} yet`, 'make coverage lists what is open', exitCodes.failed);
  if (lastRun === undefined) return noRun(id);
  return new Problem(
    `no run that is kept here had all that proves ${id}; the last one, of ${dayOf(lastRun.facts.startedAt)}, had ${partOf(lastRun)}`,
    `make course ONLY=${id}`,
    exitCodes.failed,
  );
}

function partOf({ only }: RunRecord): string {
  return only === '' ? 'the whole course of then' : `only ${only}`;
}

function noRun(id: string): UsageProblem {
  return new UsageProblem(`no run of the course is kept here, so there is no evidence yet`, `make course ONLY=${id}`);
}

/** The run that the report on disk is of. */
async function runOfReport(): Promise<RunRecord | undefined> {
  const folder = join(reportsDir, 'html');
  return existsSync(join(folder, runFile)) ? readRun(folder) : undefined;
}
