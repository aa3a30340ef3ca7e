/** What people in the field may count for themselves; none of it is the course's to measure. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';

/** Lines of the form, under the heading that they share. */
export interface MetricsGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The form and the front page of the report say it in these words. */
export const notMeasured =
  'Success with customers cannot be executed. The course does not measure it, and no result of it supports a sales figure.';

/** Reads the lines of the form. */
export async function readMetrics(file = join(specsDir, 'practice', 'metrics.yaml')): Promise<readonly MetricsGroup[]> {
  const { groups } = parse(await readFile(file, 'utf8')) as { groups: readonly MetricsGroup[] };
  return groups;
}
