/**
 * Removes the lab of this checkout. With CLUSTER=existing it removes from the named cluster what the course left there,
 * never the cluster.
 */
import { findEngine } from '../lab/engine/engine.ts';
import { isExisting, leaveExisting } from '../lab/existing/existing.ts';
import { sweepLabs } from '../lab/lab.ts';
import { useLab } from '../lab/use-lab.ts';
import { command } from './command.ts';

await command(async () => {
  if (isExisting()) {
    await useLab();
    const removed = await leaveExisting();
    process.stdout.write(
      removed.length === 0 ? 'nothing of the course was there\n' : `removed: ${removed.join(', ')}\n`,
    );
    return 0;
  }
  const engine = await findEngine();
  const removed = engine === undefined ? 0 : await sweepLabs(engine);
  process.stdout.write(removed === 0 ? 'no lab was up\n' : 'the lab is gone\n');
  return 0;
});
