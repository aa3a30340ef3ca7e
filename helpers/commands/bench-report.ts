/** Measures what a report of a large course is like: how big it is, and how soon it opens. EXERCISES=200 says how large. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { multiplyResults } from '../bench/many-results.ts';
import { measureOpening } from '../bench/opening.ts';
import { readRecordedExercises } from '../record/record.ts';
import { readResultFiles } from '../record/results.ts';
import { generateReport } from '../report/publish/generate.ts';
import { readRun } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir, stateDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

/** What a reader puts up with. */
const limits = { megabytes: 30, readableMs: 3_000 };

await command(async () => {
  const wanted = Number(given('EXERCISES').EXERCISES ?? 200);
  const results = join(reportsDir, 'allure-results');
  if (!existsSync(results)) throw new UsageProblem('there are no results to multiply', 'make course');
  const present = (await readResultFiles(results)).length;
  await mkdir(stateDir, { recursive: true });
  const folder = await mkdtemp(join(stateDir, 'bench-report-'));
  try {
    const many = join(folder, 'results');
    const exercises = await multiplyResults(results, many, Math.max(1, Math.ceil(wanted / Math.max(1, present))));
    const run = { ...(await readRun(results)), exercises: await readRecordedExercises(many) };
    const report = await generateReport(many, join(folder, 'html'), { run });
    const megabytes = (await stat(report)).size / 1e6;
    process.stdout.write(`${exercises} exercises: ${megabytes.toFixed(1)} MB of at most ${limits.megabytes}\n`);
    const opening = await measureOpening(report);
    if (opening === undefined)
      process.stdout.write('it was not opened: there is no chromium, or it did not get that far\n');
    else {
      const [paint, readable] = [opening.paintMs, opening.readableMs].map((ms) => (ms / 1000).toFixed(1));
      process.stdout.write(
        `opened from disk: first paint after ${paint} s, readable after ${readable} s of at most ${limits.readableMs / 1000} s\n`,
      );
    }
    const slow = (opening?.readableMs ?? 0) > limits.readableMs;
    return slow || megabytes > limits.megabytes ? exitCodes.failed : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
