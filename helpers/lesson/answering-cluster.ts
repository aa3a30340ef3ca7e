import { type Reply, statusAndVersion, tally, versionOf } from '../calls/burst.ts';
import { chanceOutside, onceIn } from '../calls/chance.ts';
import type { Client } from '../calls/client.ts';
import type { Lesson } from './lesson.ts';

/** Calls that two clusters share, and how many of them each answers at least. */
export interface SharedCalls {
  readonly calls: number;
  readonly least: number;
}

/** Enough calls of a Service that has a pod in each cluster. */
export const sharedCalls: SharedCalls = { calls: 60, least: 12 };

/** How rarely fair shares fall below that, e.g. `one in 1,000,000`. */
export const sharedByChance = ({ calls, least }: SharedCalls = sharedCalls): string =>
  onceIn(chanceOutside(calls, 0.5, least, calls - least));

/** Who calls what; a server tells its cluster, west or east, as its version. */
interface CallsToCluster {
  readonly caller: Client;
  readonly url: string;
  /** Whose calls they are, for the reader, e.g. `the caller in west`. */
  readonly whose: string;
}

/** A cluster has answered a call with 200; what it answered otherwise is a kind of its own. */
const clusterOf = (reply: Reply) => (reply.status === 200 ? versionOf(reply) : statusAndVersion(reply));

const count = async ({ caller, url }: CallsToCluster, calls: number) =>
  Object.fromEntries(tally(await caller.newConnections(calls, url), clusterOf));

/**
 * Claims that both clusters answer, each a fair part of the calls. A gateway that has not heard of the Service yet
 * refuses its connection, and the proxy tries the other cluster: so the calls are counted once both have answered.
 *
 * @throws {ExpectationError} if one does not answer before the deadline, or has less than its part
 */
export async function bothClustersAnswer(
  lesson: Lesson,
  to: CallsToCluster,
  { calls, least }: SharedCalls = sharedCalls,
): Promise<void> {
  await to.caller.burstShows(`both clusters answer ${to.whose}`, [to.url], (replies) =>
    ['west', 'east'].every((cluster) => replies.some((reply) => clusterOf(reply) === cluster)),
  );
  await lesson.check(
    `of ${calls} calls of ${to.whose} each cluster answered ${least} or more`,
    await count(to, calls),
    ({ west = 0, east = 0 }) => west + east === calls && west >= least && east >= least,
  );
}

/**
 * Claims that one cluster answers all calls, counted once it answers alone.
 *
 * @throws {ExpectationError} if it does not before the deadline, or another answers later
 */
export async function oneClusterAnswers(
  lesson: Lesson,
  cluster: 'west' | 'east',
  to: CallsToCluster,
  calls: number,
): Promise<void> {
  await to.caller.burstShows(`${to.whose} is answered by ${cluster} alone`, [to.url], (replies) =>
    replies.every((reply) => clusterOf(reply) === cluster),
  );
  await lesson.check(
    `of ${calls} calls of ${to.whose} all were answered by ${cluster}`,
    await count(to, calls),
    (seen) => seen[cluster] === calls,
  );
}
