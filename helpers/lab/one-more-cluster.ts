/** The time in which a run has one cluster more: it comes before the lessons about it, and goes after them. */
import type { ProvidedLab } from '../lesson/lab-of-run.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import { Progress } from '../system/progress.ts';
import { localPrefix } from './assemble/image.ts';
import { choices } from './choices.ts';
import { clustersOf } from './describe-lab.ts';
import { takeEastAway, withEast } from './east.ts';
import { takeEdgeAway, withEdge } from './edge.ts';
import type { Engine } from './engine/engine.ts';
import { findEngine } from './engine/engine.ts';
import { type Ended, forAWhile } from './for-a-while.ts';
import { findLab, type Lab } from './lab.ts';
import type { PreparedLab } from './start-cluster.ts';

/** A cluster that comes to a lab of ours which has those before it. */
interface OneMore {
  /** How many clusters there are with it. */
  readonly makes: number;
  /** True if the lab can take it. */
  readonly fits: (lab: Lab) => boolean;
  readonly bring: (prepared: PreparedLab, kept: boolean, progress: Progress) => Promise<PreparedLab>;
  readonly takeAway: (engine: Engine, lab: Lab) => Promise<Lab>;
}

const oneMore = {
  east: {
    makes: 2,
    fits: () => true,
    bring: (prepared, kept, progress) => withEast(Promise.resolve(prepared), prepared, kept, progress),
    takeAway: takeEastAway,
  },
  edge: { makes: 3, fits: ({ east }) => east !== undefined, bring: withEdge, takeAway: takeEdgeAway },
} as const satisfies Readonly<Record<string, OneMore>>;

/**
 * Does something on one cluster more. One that a lab of ours has not got is brought, and taken away in the end; without it,
 * it is done on those that are there, where lessons about it are skipped. It stays where everything is to be left as it is.
 */
export async function onOneMore<T extends { readonly failed: number }>(
  name: keyof typeof oneMore,
  lab: ProvidedLab,
  action: (lab: ProvidedLab) => Promise<T>,
): Promise<Ended<T>> {
  const { makes, fits, bring, takeAway }: OneMore = oneMore[name];
  const engine = await findEngine();
  const up = engine === undefined || !lab.ours ? undefined : await findLab(engine);
  const unwanted = Number(choices().CLUSTERS ?? makes) < makes;
  if (engine === undefined || up === undefined || up[name]?.kept === true || unwanted || !fits(up))
    return { result: await action(lab), trouble: [] };
  const progress = new Progress();
  const imageSource = up.node.startsWith(localPrefix) ? 'assembled' : 'upstream';
  const further = {
    name: `The cluster ${name}`,
    bring: () => bring({ engine, lab: up, imageSource }, lab.pause, progress),
    end: {
      // The report is written later, and must not hold what this cluster alone can tell.
      'does not tell its Secrets': knownSecrets,
      'does not go': () => progress.timed(`${name} removed`, () => takeAway(engine, up)),
    },
  };
  return forAWhile(further, lab.pause, async (came) => {
    const clusters = came ? await clustersOf(lab.clusters[0]?.kubeconfig ?? '') : lab.clusters;
    return action({ ...lab, clusters });
  });
}
