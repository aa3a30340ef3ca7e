/** The course's test server: answers every call with what it saw of it, and breaks when it is told to. */
import { selectOne } from './database.ts';
import { tellFault } from './fault-command.ts';
import { createTestServer } from './server.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const [word, ...words] = process.argv.slice(2);
if (word === 'fault') {
  const { line, exitCode } = await tellFault(words, settings.port);
  console.log(line);
  process.exit(exitCode);
}
const { pod, version, port, databaseUrl, drainMs } = settings;
const write = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

let draining = false;
const server = createTestServer(settings, {
  random: Math.random,
  log: write,
  askDatabase: databaseUrl === undefined ? undefined : (marker) => selectOne(databaseUrl, pod, marker),
  isDraining: () => draining,
});
server.listen(port, () => write({ time: new Date().toISOString(), says: 'listening', port, pod, version }));

// Calls still come until every node and proxy knows that the pod is leaving; then what is in flight is finished.
process.once('SIGTERM', () => {
  draining = true;
  setTimeout(() => server.close(), drainMs);
});
