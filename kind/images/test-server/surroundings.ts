import type { DatabaseAnswer } from './database.ts';
import type { AccessLine } from './log.ts';

/** What the server has from outside, so that tests can put their own in its place. */
export interface Surroundings {
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: (line: AccessLine) => void;
  /** Asks the database, handing it the marker; undefined if the pod has none. */
  readonly askDatabase: ((marker: string) => Promise<DatabaseAnswer>) | undefined;
  /** While it holds, callers are told to come back on a new connection. */
  readonly isDraining: () => boolean;
}
