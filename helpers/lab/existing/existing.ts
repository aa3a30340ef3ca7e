/** Clusters that somebody else runs, under contexts that the user named. Nothing of them is read before they were named. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { west } from '../../../kind/clusters.ts';
import { createMeshNamespace, installIstio } from '../../istio/istio.ts';
import { newMeshRoot } from '../../istio/mesh-root.ts';
import { installPrometheus } from '../../istio/prometheus.ts';
import { Cluster, currentCluster } from '../../kube/cluster.ts';
import { exerciseNamespaces } from '../../kube/namespaces.ts';
import { EnvironmentProblem } from '../../system/errors.ts';
import { stateDir } from '../../system/paths.ts';
import { must, startCompanion } from '../../system/program.ts';
import type { Progress } from '../../system/progress.ts';
import { timeouts } from '../../system/timeouts.ts';
import { choices, usesStandIns } from '../choices.ts';
import { existingKubeconfigs } from '../client-environment.ts';
import { joinContexts, nameContext } from '../contexts.ts';
import { chooseContext, contextsOf, userKubeconfigs, writeOwnKubeconfig } from './kubeconfig.ts';
import { checkPermissions } from './permissions.ts';

/** Marks an Istio that INSTALL_ISTIO=yes brought, so that `make down` takes away this one only. */
const installedLabel = 'mesh-mastery.dev/installed';

/** True if CLUSTER names a cluster that is not ours. */
export function isExisting(): boolean {
  return choices().CLUSTER === 'existing';
}

/** What the user named, and the kubeconfig files that it may come from. */
interface NamedContexts {
  readonly context: string;
  /** Context of the second cluster, where EAST names one. */
  readonly east: string | undefined;
  readonly files: readonly string[];
}

/** The contexts that CONTEXT and EAST name. @throws unless CONTEXT names one, and what EAST names is there */
export async function namedContext(): Promise<NamedContexts> {
  const files = userKubeconfigs(process.env);
  const [contexts, { CONTEXT, EAST }] = [await contextsOf(files), choices()];
  return {
    context: chooseContext(CONTEXT, contexts),
    east: EAST === undefined ? undefined : chooseContext(EAST, contexts, 'EAST=…', 'EAST'),
    files,
  };
}

/**
 * Points KUBECONFIG of this process at a file of ours that holds the named context only; the second cluster has a file of its
 * own, and each the context of the other besides. kubectl must be in PATH.
 */
export async function connect({ context, east, files }: NamedContexts): Promise<void> {
  await writeOwnKubeconfig(files, context, existingKubeconfigs.west);
  process.env['KUBECONFIG'] = existingKubeconfigs.west;
  await rm(existingKubeconfigs.east, { force: true });
  if (east !== undefined) {
    await writeOwnKubeconfig(files, east, existingKubeconfigs.east);
    await nameContext(existingKubeconfigs.west, 'west');
    await nameContext(existingKubeconfigs.east, 'east');
    await joinContexts([existingKubeconfigs.west, existingKubeconfigs.east]);
  }
  const said = [`CONTEXT=${context}`, `EAST=${east}`];
  for (const [index, cluster] of existingClusters().entries()) {
    const { exitCode, stderr } = await cluster.run('kubectl', ['get', '--raw', '/readyz'], {
      timeoutMs: timeouts.commandMs,
    });
    if (exitCode === 0) continue;
    throw new EnvironmentProblem(
      `the cluster of ${said[index]} does not answer`,
      stderr.trim().split('\n').at(-1) ?? '',
    );
  }
}

/** The cluster that CONTEXT names, and the one of EAST. */
export function existingClusters(): Cluster[] {
  const first = new Cluster(existingKubeconfigs.west);
  return choices().EAST === undefined ? [first] : [first, new Cluster(existingKubeconfigs.east, 'east')];
}

/** Namespaces of exercises, in all clusters that were named. */
async function exercisesThere(): Promise<string[]> {
  return (await Promise.all(existingClusters().map(exerciseNamespaces))).flat();
}

/**
 * Makes sure that the course may run on the connected cluster, and sees that its exercises do not outlive this process.
 * Istio is installed only if INSTALL_ISTIO=yes asks for it and there is none.
 */
export async function checkExisting(progress: Progress): Promise<void> {
  const found = await hasIstio();
  const install = !found && choices().INSTALL_ISTIO === 'yes';
  await progress.timed('permissions', () => checkPermissions(found));
  const left = await exercisesThere();
  if (left.length > 0) {
    throw new EnvironmentProblem(
      `exercises are there already, of another run or one that was killed: ${left.join(', ')}`,
      'wait for the other run, or remove them: make down CLUSTER=existing CONTEXT=…',
    );
  }
  startCompanion(join(import.meta.dirname, 'exercise-reaper.ts'), [], join(stateDir, 'reaper.log'));
  if (install) await progress.timed('Istio', installMarkedIstio);
  else if (found) progress.say('Istio: the one that is there');
  else progress.say('Istio: none; exercises that need it are skipped, unless INSTALL_ISTIO=yes');
}

async function hasIstio(): Promise<boolean> {
  const list = ['api-resources', '--api-group=networking.istio.io', '-o', 'name'];
  return (await must('kubectl', list)).stdout.includes('virtualservices');
}

async function installMarkedIstio(): Promise<void> {
  // Marked before it is there, so that an installation that is broken off is found too.
  await must('kubectl', ['create', 'namespace', 'istio-system']);
  await must('kubectl', ['label', 'namespace', 'istio-system', `${installedLabel}=yes`]);
  const where = currentCluster();
  await createMeshNamespace(where, west);
  await installIstio(where, west, await newMeshRoot(), usesStandIns('cluster', choices()));
  await installPrometheus();
}

/** True if the Istio of the connected cluster is one that the course brought, so that more may be put beside it. */
export async function broughtIstio(): Promise<boolean> {
  const { stdout } = await must('kubectl', ['get', 'namespaces', '-l', installedLabel, '-o', 'name']);
  return stdout.includes('istio-system');
}

/** Takes from the connected cluster what the course left there, and an Istio that it installed; nothing else. */
export async function leaveExisting(): Promise<string[]> {
  const removed: string[] = [];
  for (const cluster of existingClusters()) {
    const left = await exerciseNamespaces(cluster);
    if (left.length > 0) await cluster.must('kubectl', ['delete', 'namespace', ...left, '--ignore-not-found']);
    removed.push(...left);
  }
  if (await broughtIstio()) {
    await must('istioctl', ['uninstall', '--purge', '--skip-confirmation']);
    const prometheus = ['clusterrole/mesh-mastery-prometheus', 'clusterrolebinding/mesh-mastery-prometheus'];
    await must('kubectl', ['delete', 'namespace/istio-system', ...prometheus, '--ignore-not-found']);
    removed.push('istio-system');
  }
  await Promise.all(Object.values(existingKubeconfigs).map((file) => rm(file, { force: true })));
  return removed;
}
