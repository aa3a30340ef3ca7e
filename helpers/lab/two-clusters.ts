/** The time in which a run has a second cluster: it comes before the lessons about two, and goes after them. */
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import { Progress } from '../system/progress.ts';
import { localPrefix } from './assemble/image.ts';
import { choices } from './choices.ts';
import { clustersOf } from './describe-lab.ts';
import { takeEastAway, withEast } from './east.ts';
import { findEngine } from './engine/engine.ts';
import { type Ended, forAWhile } from './for-a-while.ts';
import { findLab } from './lab.ts';

/**
 * Does something on two clusters. A second one that a lab of ours has not got is brought, and taken away in the end; without
 * it, it is done on the first alone, where lessons about two are skipped. It stays where everything is to be left as it is.
 */
export async function onTwoClusters<T extends { readonly failed: number }>(
  lab: ProvidedLab,
  action: (lab: ProvidedLab) => Promise<T>,
): Promise<Ended<T>> {
  const engine = await findEngine();
  const up = engine === undefined || !lab.ours ? undefined : await findLab(engine);
  const there = up?.east?.kept === true;
  if (engine === undefined || up === undefined || there || choices().CLUSTERS === '1')
    return { result: await action(lab), trouble: [] };
  const progress = new Progress();
  const imageSource = up.node.startsWith(localPrefix) ? 'assembled' : 'upstream';
  const prepared = { engine, lab: up, imageSource } as const;
  const second = {
    name: 'The second cluster',
    bring: () => withEast(Promise.resolve(prepared), prepared, lab.pause, progress),
    end: {
      // The report is written later, and must not hold what this cluster alone can tell.
      'does not tell its Secrets': knownSecrets,
      'does not go': () => progress.timed('east removed', () => takeEastAway(engine, up)),
    },
  };
  return forAWhile(second, lab.pause, async (came) => {
    const clusters = came ? await clustersOf(lab.clusters[0]?.kubeconfig ?? '') : lab.clusters;
    return action({ ...lab, clusters });
  });
}
