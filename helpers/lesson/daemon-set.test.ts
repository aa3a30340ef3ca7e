import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { Cluster } from '../kube/cluster.ts';
import { Recorder } from '../record/recorder.ts';
import { Changes } from './changes.ts';
import { LessonCluster } from './lesson-cluster.ts';

// There is no report to tell it to.
vi.mock('../record/allure.ts', () => ({
  showManifest: async () => {},
  showTranscript: async () => {},
  step: async (_title: string, body: () => Promise<unknown>) => body(),
}));

const manifest = `kind: DaemonSet
metadata: { name: agent, namespace: everywhere }
spec: { template: { spec: { nodeSelector: { of-nobody: "yes" } } } }
`;
let folder = '';
const path = process.env['PATH'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daemon-set-'));
  await writeFile(join(folder, '20-nowhere.yaml'), manifest);
  // A kubectl that notes what it is asked for, and knows of a DaemonSet that is ready on two nodes, or as many as a file says.
  await writeFile(
    join(folder, 'kubectl'),
    `#!/bin/sh
echo "$*" >> ${folder}/asked
case "$*" in
  *"-o json") echo '{"spec":{"template":"as found"},"status":{"numberReady":2}}' ;;
  *jsonpath*) cat ${folder}/ready 2>/dev/null || echo 2 ;;
esac
`,
  );
  await chmod(join(folder, 'kubectl'), 0o755);
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

function scene(mode: 'normal' | 'without-manifest' = 'normal') {
  const recorder = new Recorder();
  const changes = new Changes(recorder, { kind: mode }, folder);
  const cluster = new LessonCluster(new Cluster(join(folder, 'kubeconfig')), recorder, changes, folder);
  return { changes, cluster };
}
/** What kubectl was asked to do, without what it was only asked about. */
const done = async () => {
  const asked = (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
  return asked.filter((line) => !line.startsWith('get '));
};
const asFound = `patch daemonset agent --namespace everywhere --type json --patch [{"op":"replace","path":"/spec","value":{"template":"as found"}}]`;

test('it is patched, rolled back, and in the end is what was found', async () => {
  const { changes, cluster } = scene();
  await cluster.changeDaemonSet('20-nowhere.yaml');
  expect(await done()).toEqual([
    expect.stringMatching(/^patch daemonset agent --namespace everywhere --patch-file .*20-nowhere.yaml$/),
  ]);
  await cluster.rollBackDaemonSet('20-nowhere.yaml');
  await changes.undo();
  const [, undone, awaited, restored, awaitedAgain] = await done();
  expect([undone, restored]).toEqual(['rollout undo daemonset agent --namespace everywhere', asFound]);
  expect([awaited, awaitedAgain]).toEqual(Array(2).fill(expect.stringMatching(/^rollout status daemonset agent /)));
});

test('it is an error if it is ready on fewer nodes in the end', async () => {
  const { changes, cluster } = scene();
  await cluster.changeDaemonSet('20-nowhere.yaml');
  await writeFile(join(folder, 'ready'), '1');
  await expect(changes.undo()).rejects.toThrow('DaemonSet agent was ready on 2 nodes, and now is on 1');
});

test('a run that withholds it changes nothing, and takes nothing back', async () => {
  const { changes, cluster } = scene('without-manifest');
  await cluster.changeDaemonSet('20-nowhere.yaml');
  await changes.undo();
  expect(await done()).toEqual([]);
});

test('a manifest of anything else is refused', async () => {
  const { cluster } = scene();
  await writeFile(join(folder, '30-more.yaml'), `${manifest}---\n${manifest}`);
  await expect(cluster.changeDaemonSet('30-more.yaml')).rejects.toThrow('is to change one DaemonSet');
});
