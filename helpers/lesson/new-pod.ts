import { ExpectationError } from '../system/expectation-error.ts';
import type { LessonCluster } from './lesson-cluster.ts';
import type { Lesson } from './lesson.ts';

/** Pods that are made one after another before it is said that the policy does not hold for new ones. */
const atMost = 3;

/**
 * Gives a workload a new pod that a NetworkPolicy guards from its first packet. Some networks guard a new pod only at
 * their next look, and leave open what was opened meanwhile (k3s: https://github.com/k3s-io/k3s/issues/947); where one
 * got through so, it is replaced again, and how many did is part of the story.
 *
 * @param assertion what the figure belongs to, e.g. `m1.e8.a1`
 * @param gotThrough tells of the new pod whether it got through; it waits until that is known
 * @throws {ExpectationError} if three new pods in a row got through
 */
export async function newGuardedPod(
  { lesson, cluster }: { readonly lesson: Lesson; readonly cluster: LessonCluster },
  workload: string,
  assertion: string,
  gotThrough: () => Promise<boolean>,
): Promise<void> {
  for (let unguarded = 0; unguarded < atMost; unguarded += 1) {
    await cluster.kubectl('rollout', 'restart', workload);
    const since = lesson.recorder.findings.length;
    if (await gotThrough()) {
      lesson.recorder.supersede(since);
      continue;
    }
    await lesson.measure(assertion, 'new pods that got through before the network guarded them', unguarded, 'pods');
    return;
  }
  throw new ExpectationError(
    `${atMost} new pods of ${workload} in a row got through: the policy does not hold for new pods`,
    true,
  );
}
