/** A cluster that somebody else runs, under a context that the user named. Nothing of it is read before it was named. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { createMeshNamespace, installIstio } from '../../istio/istio.ts';
import { installPrometheus } from '../../istio/prometheus.ts';
import { currentCluster } from '../../kube/cluster.ts';
import { exerciseNamespaces } from '../../kube/namespaces.ts';
import { EnvironmentProblem } from '../../system/errors.ts';
import { stateDir } from '../../system/paths.ts';
import { must, run, startCompanion } from '../../system/program.ts';
import type { Progress } from '../../system/progress.ts';
import { timeouts } from '../../system/timeouts.ts';
import { choices, usesStandIns } from '../choices.ts';
import { existingKubeconfigFile } from '../client-environment.ts';
import { chooseContext, contextsOf, userKubeconfigs, writeOwnKubeconfig } from './kubeconfig.ts';
import { checkPermissions } from './permissions.ts';

/** Marks an Istio that INSTALL_ISTIO=yes brought, so that `make down` takes away this one only. */
const installedLabel = 'mesh-mastery.dev/installed';

/** True if CLUSTER names a cluster that is not ours. */
export function isExisting(): boolean {
  return choices().CLUSTER === 'existing';
}

/** The context that CONTEXT names, and the kubeconfig files that it may come from. @throws unless there is one */
export async function namedContext(): Promise<{ context: string; files: string[] }> {
  const files = userKubeconfigs(process.env);
  return { context: chooseContext(choices().CONTEXT, await contextsOf(files)), files };
}

/** Points KUBECONFIG of this process at a file of ours that holds the named context only. kubectl must be in PATH. */
export async function connect({ context, files }: { context: string; files: readonly string[] }): Promise<void> {
  await writeOwnKubeconfig(files, context, existingKubeconfigFile);
  process.env['KUBECONFIG'] = existingKubeconfigFile;
  const { exitCode, stderr } = await run('kubectl', ['get', '--raw', '/readyz'], { timeoutMs: timeouts.commandMs });
  if (exitCode === 0) return;
  throw new EnvironmentProblem(
    `the cluster of CONTEXT=${context} does not answer`,
    stderr.trim().split('\n').at(-1) ?? '',
  );
}

/**
 * Makes sure that the course may run on the connected cluster, and sees that its exercises do not outlive this process.
 * Istio is installed only if INSTALL_ISTIO=yes asks for it and there is none.
 */
export async function checkExisting(progress: Progress): Promise<void> {
  const found = await hasIstio();
  const install = !found && choices().INSTALL_ISTIO === 'yes';
  await progress.timed('permissions', () => checkPermissions(found));
  const left = await exerciseNamespaces(currentCluster());
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
  await createMeshNamespace();
  await installIstio(usesStandIns('cluster', choices()));
  await installPrometheus();
}

/** True if the Istio of the connected cluster is one that the course brought, so that more may be put beside it. */
export async function broughtIstio(): Promise<boolean> {
  const { stdout } = await must('kubectl', ['get', 'namespaces', '-l', installedLabel, '-o', 'name']);
  return stdout.includes('istio-system');
}

/** Takes from the connected cluster what the course left there, and an Istio that it installed; nothing else. */
export async function leaveExisting(): Promise<string[]> {
  const removed = await exerciseNamespaces(currentCluster());
  if (removed.length > 0) await must('kubectl', ['delete', 'namespace', ...removed, '--ignore-not-found']);
  if (await broughtIstio()) {
    await must('istioctl', ['uninstall', '--purge', '--skip-confirmation']);
    const prometheus = ['clusterrole/mesh-mastery-prometheus', 'clusterrolebinding/mesh-mastery-prometheus'];
    await must('kubectl', ['delete', 'namespace/istio-system', ...prometheus, '--ignore-not-found']);
    removed.push('istio-system');
  }
  await rm(existingKubeconfigFile, { force: true });
  return removed;
}
