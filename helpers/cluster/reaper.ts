/**
 * Outlives the command that started a lab, and removes the lab when that command is gone.
 * Arguments: socket of the engine, id of the container. Standard input is a pipe whose other end the command holds.
 */
import { text } from 'node:stream/consumers';

import Docker from 'dockerode';

const [socketPath, containerId] = process.argv.slice(2);
if (socketPath === undefined || containerId === undefined) throw new Error('usage: reaper SOCKET CONTAINER');
// The terminal's Ctrl-C is meant for the command; this process is there to clean up after it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
await text(process.stdin);
try {
  await new Docker({ socketPath }).getContainer(containerId).remove({ force: true, v: true });
} catch (error) {
  process.stdout.write(`${new Date().toISOString()} ${String(error)}\n`);
}
