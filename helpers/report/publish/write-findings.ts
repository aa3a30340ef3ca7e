import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../../curriculum/curriculum.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { findingText, upstreamFindings } from '../pages/upstream-finding.ts';

/**
 * Writes what a run has shown to be a fault of Istio or of its documentation, one file each, ready to be reported there.
 * The folder holds what this run has shown, and nothing of runs before.
 */
export async function writeFindings({ exercises, facts }: RunRecord, folder: string): Promise<void> {
  const { errata, sources } = await readCurriculum();
  await rm(folder, { recursive: true, force: true });
  const found = upstreamFindings(errata, exercises);
  if (found.length > 0) await mkdir(folder, { recursive: true });
  for (const finding of found) {
    const name = `${finding.erratum.id}-${finding.exercise.claim.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.md`;
    await writeFile(join(folder, name), findingText(finding, facts, sources));
  }
}
