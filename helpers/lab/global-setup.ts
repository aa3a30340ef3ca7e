/**
 * Runs once before the specs of a run, in vitest's own process: finds the lab that they run on. A command of the project
 * has provided one; whoever starts vitest otherwise, from a shell, an editor or a job, gets the lab that `make up` has up
 * in this checkout, or the cluster that CLUSTER=existing and CONTEXT name.
 */
import type { TestProject } from 'vitest/node';

import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { Problem } from '../system/errors.ts';
import { describeLab } from './describe-lab.ts';
import { lockLab } from './lock.ts';
import { useLab } from './use-lab.ts';

export default async function setup(project: TestProject): Promise<void> {
  const { lab, onlyCards } = project.getProvidedContext() as Partial<ReturnType<TestProject['getProvidedContext']>>;
  // Where specs are read for their cards, none is run: without a lab, none of them can.
  if (lab !== undefined || onlyCards === true || process.argv[2] === 'list') return;
  // For every group of lessons: the next finds it provided.
  project.vitest.provide('lab', await orEnd(findLab));
}

async function findLab(): Promise<ProvidedLab> {
  await lockLab();
  await useLab();
  return describeLab();
}

/** A {@link Problem} is told as everywhere, what is wrong and what to type next, and ends a run that a shell started. */
async function orEnd<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const line = `${error.message}; next: ${error.next}`;
    if (/vitest(\.mjs)?$/.test(process.argv[1] ?? '')) {
      process.stderr.write(`\n${line}\n`);
      process.exit(error.exitCode);
    }
    // An editor shows the error, and goes on.
    const plain = new Error(line);
    plain.stack = line;
    throw plain;
  }
}
