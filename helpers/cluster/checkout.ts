/** What tells the containers of this checkout from everybody else's, and sees that they do not outlive their command. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { projectRoot, stateDir } from '../places.ts';
import { startCompanion } from '../program.ts';
import type { Engine } from './engine.ts';

/** Marks every container of this checkout, so that ours are found and nobody else's are touched. */
export const checkoutLabel = {
  'mesh-mastery.dev/checkout': createHash('sha256').update(projectRoot).digest('hex').slice(0, 12),
};

/** Has a container removed when this process has ended, however it ends; also if it is killed. */
export function removeWithThisProcess(engine: Engine, containerId: string): void {
  startCompanion(join(import.meta.dirname, 'reaper.ts'), [engine.socket, containerId], join(stateDir, 'reaper.log'));
}
