/** Removes the lab of this checkout and stops the engine that was served for it. */
import { findEngine } from '../cluster/engine.ts';
import { sweepLabs } from '../cluster/lab.ts';
import { command } from './command.ts';

await command(async () => {
  const engine = await findEngine();
  const removed = engine === undefined ? 0 : await sweepLabs(engine);
  process.stdout.write(removed === 0 ? 'no lab was up\n' : 'the lab is gone\n');
  return 0;
});
