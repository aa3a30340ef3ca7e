import { mkdir } from 'node:fs/promises';

import { UsageProblem } from '../system/errors.ts';
import { stateDir } from '../system/paths.ts';
import type { Progress } from '../system/progress.ts';
import { clientFolders } from './assemble/assemble.ts';
import { choices, inWords, unsupportedVersions } from './choices.ts';
import { useClients } from './client-environment.ts';
import { checkExisting, connect, isExisting, namedContext } from './existing/existing.ts';
import { type Lab, sweepLabs } from './lab.ts';
import { lockLab } from './lock.ts';
import { prepareLab } from './prepare.ts';

/** A cluster that lessons can run on, whoever runs it. */
export interface Cluster {
  /** For the report: k3s, kind or existing, and what that is. */
  readonly provider: string;
  /** Engine and version, for the report. */
  readonly engine: string;
  readonly imageSource: 'assembled' | 'upstream' | 'cluster';
  /** True if it stays when the command ends. */
  readonly kept: boolean;
  /** Removes it, unless it is not ours. */
  readonly remove: () => Promise<void>;
}

/** A lab of ours, or the cluster that the user named. KUBECONFIG and PATH of this process point at it afterwards. */
export async function prepareCluster(progress: Progress, kept: boolean): Promise<Cluster> {
  if (isExisting()) return prepareExisting(progress);
  const { engine, lab, imageSource } = await prepareLab(progress, kept);
  return {
    provider: provider(lab),
    engine: `${engine.name} ${engine.version}`,
    imageSource,
    kept: lab.kept,
    remove: async () => {
      await sweepLabs(engine);
    },
  };
}

function provider({ provider: name, workerIds }: Lab): string {
  const nodes = workerIds.length === 0 ? 'one node' : `${workerIds.length + 1} nodes`;
  return name === 'k3s' ? 'k3s (K3sContainer of testcontainers)' : `kind, ${nodes}`;
}

async function prepareExisting(progress: Progress): Promise<Cluster> {
  const chosen = await namedContext();
  await lockLab();
  await mkdir(stateDir, { recursive: true });
  // istioctl installs the images of that version, if Istio is to be installed.
  unsupportedVersions(choices(), 'cluster');
  progress.say(`chosen: ${inWords(choices())}`);
  progress.say(`provider: existing, context ${chosen.context}; images: whatever the cluster has or pulls`);
  useClients(await clientFolders(progress));
  await connect(chosen);
  await checkExisting(progress);
  return {
    // Without the context's name: clouds put account numbers into it, and a report is passed on.
    provider: 'existing (a context that the user named)',
    engine: "not the course's",
    imageSource: 'cluster',
    kept: true,
    remove: async () => {},
  };
}

/** @throws {UsageProblem} if CLUSTER names a cluster that is not ours, and so is not ours to start or to measure */
export function refuseExisting(command: string): void {
  if (!isExisting()) return;
  throw new UsageProblem(
    `make ${command} works on a lab of the course, not on an existing cluster`,
    'make course CLUSTER=existing CONTEXT=…',
  );
}
