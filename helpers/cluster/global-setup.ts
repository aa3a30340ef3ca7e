/**
 * Runs once before the specs of a run, in vitest's own process: finds the lab that they run on. A command of the project
 * has prepared one; whoever starts vitest otherwise, from a shell, an editor or a job, gets the lab that `make up` has up
 * in this checkout, or the cluster that CLUSTER=existing and CONTEXT name.
 */
import type { TestProject } from 'vitest/node';

import type { LabEnvironment } from '../lab-of-run.ts';
import { Problem } from '../problem.ts';
import { claimLab } from './claim.ts';
import { ownKubeconfigs } from './client-environment.ts';
import { enforcesNetworkPolicy } from './network-policy-probe.ts';
import { useLab } from './use-lab.ts';

export default async function setup(project: TestProject): Promise<void> {
  if (onlyReads()) return;
  if (!isPrepared()) await orEnd(findLab);
  const { KUBECONFIG = '', PATH = '', KUBECACHEDIR = '', NETWORK_POLICY_ENFORCED } = process.env;
  const enforced = NETWORK_POLICY_ENFORCED === 'yes' ? 'yes' : 'no';
  project.provide('lab', {
    KUBECONFIG,
    PATH,
    KUBECACHEDIR,
    NETWORK_POLICY_ENFORCED: enforced,
  } satisfies LabEnvironment);
}

/** True where specs are read for their cards and not run: without a lab, none of them can. */
function onlyReads(): boolean {
  return process.env['SPECS'] === 'read' || process.argv[2] === 'list';
}

/** True if a command of the project has pointed this process at a lab. */
function isPrepared(): boolean {
  const { KUBECONFIG = '', NETWORK_POLICY_ENFORCED } = process.env;
  return NETWORK_POLICY_ENFORCED !== undefined && ownKubeconfigs.includes(KUBECONFIG);
}

async function findLab(): Promise<void> {
  await claimLab();
  await useLab();
  process.env['NETWORK_POLICY_ENFORCED'] = (await enforcesNetworkPolicy()) ? 'yes' : 'no';
}

/** A {@link Problem} is told as everywhere, what is wrong and what to type next, and ends a run that a shell started. */
async function orEnd(action: () => Promise<void>): Promise<void> {
  try {
    await action();
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
