import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { currentCluster } from '../kube/cluster.ts';
import { removeNamespaces } from '../kube/namespaces.ts';
import { projectRoot, stateDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** Exercises of ours that show what the course text's commands show. */
export const sameLessons = [
  '01-foundation/04-network-policy/01-blocks-the-attacker',
  '01-foundation/07-authorization/01-forbids-post',
  '02-service-mesh-value/05-deployment-safety/06-routes-the-canary',
] as const;

const namespace = 'course-text';

/**
 * Types the course text's commands for these lessons, in a namespace that goes afterwards.
 *
 * @returns milliseconds from the first command to the end of the last
 */
export async function typeCourseText(): Promise<number> {
  const folder = await mkdtemp(join(stateDir, 'course-text-'));
  const kubeconfig = join(folder, 'kubeconfig.yaml');
  try {
    await copyFile(process.env['KUBECONFIG'] ?? '', kubeconfig);
    const label = { metadata: { name: namespace, labels: { 'mesh-mastery.dev/exercise': 'bench' } } };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', ...label });
    await must('kubectl', ['apply', '-f', '-'], { input: body });
    const own = { KUBECONFIG: kubeconfig, NAMESPACE: namespace };
    await must('kubectl', ['config', 'set-context', '--current', `--namespace=${namespace}`], { env: own });
    const script = join(projectRoot, 'helpers/bench/course-text.sh');
    // Some of the text's commands fail, as the errata say; the text goes on, and so does this.
    return (await run('bash', [script], { env: own, timeoutMs: 2 * timeouts.exerciseMs })).durationMs;
  } finally {
    await rm(folder, { recursive: true, force: true });
    await removeNamespaces(currentCluster(), [namespace]);
  }
}
