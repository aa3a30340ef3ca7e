/** Writes what differs between two finished runs to reports/drift.md and .html; exits with 1 if a lesson drifted. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { notesBetween } from '../lab/assemble/istio-notes.ts';
import { driftHtml, driftMarkdown, verdict } from '../runs/drift-page.ts';
import { apiDrift, drift } from '../runs/drift.ts';
import { archivedRuns, readRun } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  const [lastButOne, last] = (await archivedRuns()).slice(-2);
  const [a, b] = [process.env['A'] || lastButOne, process.env['B'] || last];
  if (a === undefined || b === undefined) {
    throw new UsageProblem('there are no two runs to compare yet', 'make course, or make compare A=dir B=dir');
  }
  const factor = Number(process.env['FACTOR'] || 3);
  if (!(factor > 1)) throw new UsageProblem(`FACTOR=${process.env['FACTOR']} is no factor`, 'use a number above 1');
  const [one, two] = [await readRun(resolve(a)), await readRun(resolve(b))];
  const { errata } = await readCurriculum();
  const comparison = {
    a: one,
    b: two,
    factor,
    drifts: [
      ...apiDrift(one.facts.deprecatedApis, two.facts.deprecatedApis),
      ...drift(one.exercises, two.exercises, factor),
    ],
    notes: await notesBetween(one.facts.versions['istiod'] ?? '', two.facts.versions['istiod'] ?? ''),
    claims: new Map(errata.map(({ id, claim }) => [id, claim])),
  };
  await mkdir(reportsDir, { recursive: true });
  const [markdown, html] = [join(reportsDir, 'drift.md'), join(reportsDir, 'drift.html')];
  await writeFile(markdown, driftMarkdown(comparison));
  await writeFile(html, driftHtml(comparison));
  process.stdout.write(`A: ${a}\nB: ${b}\n${verdict(comparison)}\nwritten: ${markdown} and ${html}\n`);
  return comparison.drifts.some(({ kind }) => kind === 'status' || kind === 'verdict' || kind === 'disproof')
    ? exitCodes.failed
    : 0;
});
