/** The end of the wire that a person sits at: exercises tell it what they do, and wait for its word. */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { goOn, stop, type Told } from '../record/audience.ts';

/** What becomes of an exercise after each line that it told: true to go on. */
export type Listener = (told: Told) => Promise<boolean>;

/**
 * Listens for exercises until it is closed.
 *
 * @param socket file of the socket; replaced if it is there
 * @param listen hears one line after another
 */
export async function presentOn(socket: string, listen: Listener): Promise<{ readonly close: () => void }> {
  await rm(socket, { force: true });
  const server = createServer((connection) => {
    void answer(connection, listen);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });
  server.unref();
  return { close: () => server.close() };
}

async function answer(connection: Socket, listen: Listener): Promise<void> {
  // An exercise that is killed leaves its line open.
  connection.on('error', () => {});
  for await (const line of createInterface(connection)) {
    const goesOn = await listen(JSON.parse(line) as Told);
    connection.write(`${goesOn ? goOn : stop}\n`);
  }
}
