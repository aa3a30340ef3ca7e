/**
 * Outlives the command that started a lab, and removes the lab when that command is gone.
 * Arguments: socket of the engine, then the id of a container, or a label `name=value` that all containers of the lab
 * have. Standard input is a pipe whose other end the command holds.
 */
import { text } from 'node:stream/consumers';

import Docker from 'dockerode';

import { converge } from '../../system/polling.ts';
import { timeouts } from '../../system/timeouts.ts';
import { removeLabelled } from './remove-labelled.ts';

const [socketPath, what] = process.argv.slice(2);
if (socketPath === undefined || what === undefined) throw new Error('usage: reaper SOCKET CONTAINER|LABEL=VALUE');
// The terminal's Ctrl-C is meant for the command; this process is there to clean up after it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
const engine = new Docker({ socketPath });

/** Milliseconds without a new container after which none is expected: one may have been on its way to the engine. */
const quietMs = 5_000;
/** What is created later than this after the command's end is the next command's: kind's containers have one label for both. */
const onItsWayMs = 1_000;

async function removeAll(label: string, createdBy: number): Promise<void> {
  const [name = '', value = ''] = label.split('=');
  let seenAt = performance.now();
  const remove = async () => {
    if ((await removeLabelled(engine, { [name]: value }, createdBy)) > 0) seenAt = performance.now();
  };
  await converge(remove, () => performance.now() - seenAt > quietMs, { deadlineMs: timeouts.nodeReadyMs });
}

await text(process.stdin);
try {
  if (what.includes('=')) await removeAll(what, Date.now() + onItsWayMs);
  else await engine.getContainer(what).remove({ force: true, v: true });
} catch (error) {
  process.stdout.write(`${new Date().toISOString()} ${String(error)}\n`);
}
