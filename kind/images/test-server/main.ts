/** The course's test server: answers every call with what it saw of it, and breaks when it is told to. */
import { readFileSync } from 'node:fs';

import { selectOne } from './database.ts';
import { tellFault } from './fault-command.ts';
import { createTestServers } from './server.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const [word, ...words] = process.argv.slice(2);
if (word === 'fault') {
  const { line, exitCode } = await tellFault(words, settings.port);
  console.log(line);
  process.exit(exitCode);
}
const { pod, version, port, tls, databaseUrl, drainMs } = settings;
const write = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

let draining = false;
const create = createTestServers(settings, {
  random: Math.random,
  log: write,
  askDatabase: databaseUrl === undefined ? undefined : (marker) => selectOne(databaseUrl, pod, marker),
  isDraining: () => draining,
});
const pair =
  tls === undefined ? undefined : { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
const servers =
  tls?.port === undefined
    ? [{ server: create(pair), on: port }]
    : [
        { server: create(), on: port },
        { server: create(pair), on: tls.port },
      ];
for (const { server, on } of servers) {
  server.listen(on, () => write({ time: new Date().toISOString(), says: 'listening', port: on, pod, version }));
}

// Calls still come until every node and proxy knows that the pod is leaving; then what is in flight is finished.
process.once('SIGTERM', () => {
  draining = true;
  setTimeout(() => {
    for (const { server } of servers) server.close();
  }, drainMs);
});
