/** Revision tags: names that namespaces use in place of a revision of Istio. */
import { step } from '../record/allure.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Site } from './site.ts';

/** Gives a revision a tag, which goes when the exercise ends. */
export async function createTag({ cluster, recorder, changes }: Site, tag: string, revision: string): Promise<void> {
  await step(`Create the revision tag ${tag} for ${revision}`, async () => {
    changes.takeBackAtTheEnd(async () => {
      await cluster.must('istioctl', ['tag', 'remove', tag, '--skip-confirmation']);
    });
    const words = ['tag', 'set', tag, '--revision', revision];
    await recorder.announce(cluster.typed('istioctl', words));
    await recorder.ran(await cluster.must('istioctl', words, { timeoutMs: timeouts.commandMs }));
  });
}

/** Moves a tag to another revision, as the lesson's change. */
export async function moveTag(
  { cluster, changes }: Site,
  tag: string,
  revision: string,
  namespaces: readonly string[],
): Promise<void> {
  const words = ['tag', 'set', tag, '--revision', revision, '--overwrite'];
  await changes.make(
    {
      title: `Move the revision tag ${tag} to ${revision}`,
      typed: cluster.typed('istioctl', words),
      make: () => cluster.must('istioctl', words, { timeoutMs: timeouts.commandMs }),
    },
    namespaces,
  );
}
