import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Cluster } from '../kube/cluster.ts';
import { Recorder } from '../record/recorder.ts';
import { run } from '../system/program.ts';
import { openTcp, refusedTcp } from './tcp-outcome.ts';
import { pgCommand, TcpProbe } from './tcp-probe.ts';

// There is no report to tell it to.
vi.mock('../record/allure.ts', () => ({
  showTranscript: async () => {},
  logStep: async () => {},
  step: async (_title: string, body: () => Promise<unknown>) => body(),
}));

let folder = '';
const path = process.env['PATH'];

/** Puts a kubectl in front of the real one: a database that answers so, behind a proxy that counts each connection as denied. */
async function databaseAnswers(answer: string): Promise<void> {
  const denied = join(folder, 'denied');
  const file = join(folder, 'kubectl');
  const counters = `echo "tcp.rbac.denied: $(wc -c < ${denied})"`;
  await writeFile(denied, '');
  await writeFile(
    file,
    `#!/bin/sh\ncase "$*" in *pilot-agent*) ${counters} ;; *) printf x >> ${denied}; echo "   ${answer}" ;; esac\n`,
  );
  await chmod(file, 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tcp-'));
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

test('PostgreSQL is asked by its own message of eight bytes, and what it answers is printed as characters', async () => {
  const [shell = '', flag = '', script = ''] = pgCommand('database');
  const { stdout } = await run(shell, [flag, `busybox() { cat; }; ${script}`]);
  expect(stdout.trim().split(/\s+/)).toEqual([
    String.raw`\0`,
    String.raw`\0`,
    String.raw`\0`,
    String.raw`\b`,
    '004',
    '322',
    '026',
    '/',
  ]);
  expect(script).toContain('busybox nc -w 1 database 5432');
});

test('what the called proxy has counted in between makes a refusal, and both commands are shown', async () => {
  await databaseAnswers('');
  const recorder = new Recorder();
  const probe = new TcpProbe(
    new Cluster(join(folder, 'kubeconfig')),
    { namespace: 'bank', workload: 'pod/attacker' },
    'database',
    recorder,
  );
  expect(await probe.settlesOn(refusedTcp)).toMatchObject({ bytes: '', decided: { tcpDenied: 1 } });
  expect(recorder.observations).toMatchObject([
    { caller: 'attacker', target: 'database', request: 'TCP 5432', verdict: 'blocked', command: 0 },
  ]);
  expect(recorder.commands.map(({ typed }) => typed.includes('stats?filter=rbac'))).toEqual([false, true]);
});

test('an answer where a refusal was expected is seen as what it is', async () => {
  await databaseAnswers('N');
  const recorder = new Recorder();
  vi.spyOn(recorder, 'settleMs').mockReturnValue(1);
  const cluster = new Cluster(join(folder, 'kubeconfig'));
  const probe = new TcpProbe(cluster, { namespace: 'bank', workload: 'pod/attacker' }, 'database.vault', recorder);
  await expect(probe.settlesOn(refusedTcp)).rejects.toMatchObject({ sawAnswer: true });
  expect(recorder.observations[0]?.verdict).toBe('allowed');
  expect(recorder.commands[1]?.typed).toContain('--namespace vault exec deployment/database');
  await probe.settlesOn(openTcp, { inARow: 1 });
});
