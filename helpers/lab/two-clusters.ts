/** The time in which a run has a second cluster: it comes before the lessons about two, and goes after them. */
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { Progress } from '../system/progress.ts';
import { localPrefix } from './assemble/image.ts';
import { choices } from './choices.ts';
import { clustersOf } from './describe-lab.ts';
import { takeEastAway, withEast } from './east.ts';
import { findEngine } from './engine/engine.ts';
import { findLab } from './lab.ts';

/** How something on two clusters ended. */
interface OnTwo<T> {
  readonly result: T;
  /** What was wrong with the second cluster, one sentence each. */
  readonly trouble: readonly string[];
}

/**
 * Does something on two clusters. A second one that a lab of ours has not got is brought, and taken away in the end; without
 * it, it is done on the first alone, where lessons about two are skipped. It stays where everything is to be left as it is.
 */
export async function onTwoClusters<T extends { readonly failed: number }>(
  lab: ProvidedLab,
  action: (lab: ProvidedLab) => Promise<T>,
): Promise<OnTwo<T>> {
  const engine = await findEngine();
  const up = engine === undefined || !lab.ours ? undefined : await findLab(engine);
  const there = up?.east?.kept === true;
  if (engine === undefined || up === undefined || there || choices().CLUSTERS === '1')
    return { result: await action(lab), trouble: [] };
  const trouble: string[] = [];
  const progress = new Progress();
  const failed = (what: string) => (error: unknown) => {
    trouble.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    process.stderr.write(`${trouble.at(-1)}\n`);
  };
  const imageSource = up.node.startsWith(localPrefix) ? 'assembled' : 'upstream';
  const prepared = { engine, lab: up, imageSource } as const;
  await withEast(Promise.resolve(prepared), prepared, lab.pause, progress).catch(
    failed('The second cluster did not come'),
  );
  const clusters = trouble.length === 0 ? await clustersOf(lab.clusters[0]?.kubeconfig ?? '') : lab.clusters;
  const result = await action({ ...lab, clusters });
  if (lab.pause && result.failed > 0) return { result, trouble };
  // The report is written later, and must not hold what this cluster alone can tell.
  await knownSecrets().catch(failed('The second cluster does not tell its Secrets'));
  await progress.timed('east removed', () => takeEastAway(engine, up)).catch(failed('The second cluster does not go'));
  return { result, trouble };
}
