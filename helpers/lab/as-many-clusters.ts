/** As many clusters as a lab is to have: those that are not wanted go, and those that no longer run. */
import type { Choices } from './choices.ts';
import { takeEastAway } from './east.ts';
import { takeEdgeAway } from './edge.ts';
import type { Engine } from './engine/engine.ts';
import { allRun, type Further, type Lab } from './lab.ts';

/**
 * The lab without clusters that are too many, and without those that no longer run, as after a command that was killed.
 *
 * @param wanted how many it may have; as many as there are, unless chosen
 */
export async function withoutSurplus(engine: Engine, lab: Lab, wanted: Choices['CLUSTERS']): Promise<Lab> {
  const goes = async (further: Further | undefined, tooMany: boolean) =>
    further !== undefined && (tooMany || !(await allRun(engine, further).catch(() => false)));
  if (await goes(lab.east, wanted === '1')) return takeEastAway(engine, lab);
  if (await goes(lab.edge, wanted === '2')) return takeEdgeAway(engine, lab);
  return lab;
}
