import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Cluster } from '../kube/cluster.ts';
import { Recorder } from '../record/recorder.ts';
import { Client } from './client.ts';

// There is no report to tell it to.
vi.mock('../record/allure.ts', () => ({ showTranscript: async () => {} }));

let folder = '';
const path = process.env['PATH'];

/** Puts a kubectl in front of the real one that prints its arguments and ends so. */
async function kubectlExitsWith(exitCode: number): Promise<void> {
  const file = join(folder, 'kubectl');
  await writeFile(file, `#!/bin/sh\necho "$@"\nexit ${exitCode}\n`);
  await chmod(file, 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-'));
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

const client = () => new Client(new Cluster(join(folder, 'kubeconfig')), 'shop', 'pod/backend', new Recorder());

test.each([0, 1, 28])('a command that ends with %i has run, and its end is a result', async (exitCode) => {
  await kubectlExitsWith(exitCode);
  expect(await client().run('curl', 'http://backend/')).toMatchObject({ exitCode });
});

test.each([126, 127])('a command that ends with %i has not run, and is no result', async (exitCode) => {
  await kubectlExitsWith(exitCode);
  await expect(client().run('curl', 'http://backend/')).rejects.toThrow(`exited with ${exitCode}`);
});

test('a fault that the server did not take is an error, one that it took is not', async () => {
  await kubectlExitsWith(0);
  await client().fault('status=500');
  await kubectlExitsWith(1);
  await expect(client().fault('rate=7')).rejects.toThrow('node server.mjs fault rate=7');
});

test('a text that is kept in a file goes in by standard input, and no command that is shown has it', async () => {
  await writeFile(join(folder, 'kubectl'), '#!/bin/sh\necho "$@" > "$0.args"\ncat > "$0.input"\n', { mode: 0o755 });
  const recorder = new Recorder();
  const cluster = new Cluster(join(folder, 'kubeconfig'));
  await new Client(cluster, 'shop', 'pod/backend', recorder).keep('/tmp/header', 'Authorization: Bearer secret');
  expect(await readFile(join(folder, 'kubectl.input'), 'utf8')).toBe('Authorization: Bearer secret');
  expect(await readFile(join(folder, 'kubectl.args'), 'utf8')).toContain('exec --stdin pod/backend');
  expect(JSON.stringify(recorder.commands)).not.toContain('secret');
});
