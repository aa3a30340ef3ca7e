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

const inShop = { namespace: 'shop', workload: 'pod/backend' };
const client = (recorder = new Recorder()) => new Client(new Cluster(join(folder, 'kubeconfig')), inShop, recorder);

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

test('what a file holds is neither in the command nor in the record of it', async () => {
  await writeFile(join(folder, 'kubectl'), `#!/bin/sh\ntee ${folder}/received | wc -c\n`);
  await chmod(join(folder, 'kubectl'), 0o755);
  const recorder = new Recorder();
  await client(recorder).writeFile('/tmp/token', 'a-secret');
  expect(await readFile(join(folder, 'received'), 'utf8')).toBe('a-secret');
  expect(recorder.commands.map(({ typed }) => typed)).toEqual([
    "kubectl --namespace shop exec --stdin pod/backend -- sh -c 'cat > /tmp/token && wc -c < /tmp/token'",
  ]);
  expect(JSON.stringify(recorder)).not.toContain('a-secret');
});

test('a file whose content was lost on the way is written again', async () => {
  const script = `if [ -e ${folder}/first ]; then tee ${folder}/received | wc -c; else touch ${folder}/first; echo 0; fi`;
  await writeFile(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'kubectl'), 0o755);
  await client().writeFile('/tmp/token', 'a-secret');
  expect(await readFile(join(folder, 'received'), 'utf8')).toBe('a-secret');
});

test('something is done while a command runs, once it has printed a line, and may ask what it has printed', async () => {
  const go = join(folder, 'go');
  const script = `echo first; while [ ! -e ${go} ]; do sleep 0.01; done; echo last`;
  await writeFile(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'kubectl'), 0o755);
  const seen: string[] = [];
  const { stdout } = await client().whileRunning(['curl', 'http://backend/'], async (printed) => {
    seen.push(printed());
    await writeFile(go, '');
  });
  expect(seen).toEqual(['first\n']);
  expect(stdout).toBe('first\nlast\n');
});

test('a command that ends without a word ends the wait for its first line', async () => {
  await writeFile(join(folder, 'kubectl'), '#!/bin/sh\necho no such pod >&2\nexit 1\n');
  await chmod(join(folder, 'kubectl'), 0o755);
  await expect(client().whileRunning(['date'], async () => {})).rejects.toThrow('no such pod');
});
