/**
 * Runs the course on every pair of versions that Istio supports, one after another, and writes one page of them all:
 * make matrix PAIRS="1.30 1.31-1.36". UNSUPPORTED=yes adds the pairs that Istio does not support. What has ended in this
 * state of the course is not run again, so that an interrupted matrix goes on; FRESH=yes begins anew. RESULTS="dir1 dir2"
 * runs nothing, and makes the page of reports that jobs have made.
 */
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { chosenVersion, isSupportedPair, type VersionPair, versionPairs } from '../../kind/versions.ts';
import { choices, inWords } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { isRed, matrixMarkdown, matrixPage, summary } from '../report/pages/matrix-page.ts';
import { commitOfCheckout } from '../runs/commit.ts';
import { chosenPairs, hasRun, type MatrixColumn, pairName, readColumn, writeResult } from '../runs/matrix.ts';
import { readRun, runFile } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { isWithin } from '../system/own-folders.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { chosenLessons } from './chosen-lessons.ts';
import { command } from './command.ts';
import { given } from './variables.ts';
import { writeComparison } from './write-comparison.ts';

const matrixDir = join(reportsDir, 'matrix');
const page = join(matrixDir, 'index.html');

/** Runs the course on a pair and keeps what it left. */
async function runPair(pair: VersionPair, state: { commit: string; chosen: string }): Promise<void> {
  const folder = join(matrixDir, pairName(pair));
  await rm(folder, { recursive: true, force: true });
  const course = ['--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
  const env = {
    ISTIO: pair.istio,
    KUBERNETES: pair.kubernetes,
    ...(isSupportedPair(pair) ? {} : { UNSUPPORTED: 'yes' }),
  };
  const began = Date.now();
  const { exitCode } = await run(process.execPath, course, { cwd: projectRoot, env, live: true, endsWithUs: true });
  const report = join(reportsDir, 'html');
  const isOurs = existsSync(join(report, runFile)) && Date.parse((await readRun(report)).facts.startedAt) >= began;
  if (!isOurs) return;
  await keepReport(report, pair);
  await writeResult(folder, { pair, ...state, exitCode, seconds: Math.round((Date.now() - began) / 1000) });
}

/** The pair that a report is of. @throws {UsageProblem} if there is no report, or it is kept here already */
async function pairOfReport(report: string): Promise<{ readonly report: string; readonly pair: VersionPair }> {
  if (!existsSync(join(report, runFile)) || isWithin(resolve(report), matrixDir)) {
    throw new UsageProblem(
      `${report} is no report that could be put into the matrix`,
      'name folders like reports/html, of other checkouts: make matrix RESULTS="dir1 dir2"',
    );
  }
  const { choices: chosen } = (await readRun(report)).facts;
  return {
    report,
    pair: { istio: chosenVersion('ISTIO', chosen), kubernetes: chosenVersion('KUBERNETES', chosen) },
  };
}

/** Keeps a report in the folder of its pair. */
async function keepReport(report: string, pair: VersionPair): Promise<void> {
  const folder = join(matrixDir, pairName(pair));
  await mkdir(folder, { recursive: true });
  await cp(report, join(folder, 'html'), { recursive: true });
  await cp(join(report, runFile), join(folder, runFile));
}

/** Writes the page of all pairs, and what differs between the first and each other. */
async function writePage(pairs: readonly VersionPair[]): Promise<MatrixColumn[]> {
  await mkdir(matrixDir, { recursive: true });
  const columns = await Promise.all(pairs.map((pair) => readColumn(matrixDir, pair)));
  const [first] = columns;
  for (const { folder, run: other } of columns) {
    if (first?.run === undefined || other === undefined || folder === first.folder) continue;
    await writeComparison({ a: first.run, b: other, factor: 3 }, join(matrixDir, folder));
  }
  await writeFile(page, matrixPage(columns));
  return columns;
}

await command(async () => {
  refuseExisting('matrix');
  const { ISTIO, KUBERNETES, UNSUPPORTED, ...others } = choices();
  if (ISTIO !== undefined || KUBERNETES !== undefined) {
    throw new UsageProblem(
      'make matrix goes through the versions by itself',
      'name a part of it: PAIRS="1.30 1.31-1.36"',
    );
  }
  const possible = versionPairs.filter((pair) => UNSUPPORTED === 'yes' || isSupportedPair(pair));
  const { PAIRS, RESULTS = '', FRESH } = given('PAIRS', 'RESULTS', 'FRESH');
  const pairs = chosenPairs(possible, PAIRS);
  await chosenLessons();
  const results = RESULTS.split(/\s+/).filter((folder) => folder !== '');
  const found = await Promise.all(results.map(pairOfReport));
  for (const { report, pair } of found) await keepReport(report, pair);
  const progress = new Progress();
  const state = { commit: await commitOfCheckout(), chosen: inWords(others) };
  // The default last, so that it is the last run of the whole course, which evidence is taken from.
  for (const pair of results.length > 0 ? [] : pairs.toReversed()) {
    const name = `Istio ${pair.istio} on Kubernetes ${pair.kubernetes}`;
    if (FRESH !== 'yes' && hasRun(await readColumn(matrixDir, pair), state)) {
      progress.say(`${name}: has been run on this commit`);
      continue;
    }
    await progress.timed(name, () => runPair(pair, state));
    // After every pair, so that something is there where somebody stops before the last.
    await writePage(pairs);
  }
  const columns = await writePage(pairs);
  const summaryFile = process.env['GITHUB_STEP_SUMMARY'];
  if (summaryFile !== undefined && summaryFile !== '') await appendFile(summaryFile, matrixMarkdown(columns));
  process.stdout.write(`\n${matrixMarkdown(columns)}\n${summary(columns)}\nopen the page: ${page}\n`);
  if (columns.some((column) => column.supported && isRed(column))) return exitCodes.failed;
  return columns.some(({ run: ended }) => ended === undefined) ? exitCodes.environment : 0;
});
