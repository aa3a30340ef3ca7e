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
  showTranscript: async () => {},
  step: async (_title: string, body: () => Promise<unknown>) => body(),
}));

let folder = '';
const path = process.env['PATH'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lesson-cluster-'));
  // A kubectl that notes what it is asked for, and knows of two istiods, and of no pod.
  await writeFile(
    join(folder, 'kubectl'),
    `#!/bin/sh\necho "$1 $2" >> ${folder}/asked\n[ "$2" != deployment/istiod ] || [ "$1" != get ] || echo 2\n`,
  );
  await chmod(join(folder, 'kubectl'), 0o755);
  process.env['PATH'] = `${folder}${delimiter}${path}`;
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

function scene() {
  const recorder = new Recorder();
  const changes = new Changes(recorder, { kind: 'normal' }, folder);
  return {
    recorder,
    changes,
    cluster: new LessonCluster(new Cluster(join(folder, 'kubeconfig')), recorder, changes, folder),
  };
}
const asked = async () => (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
const stopped = ['get deployment/istiod', 'scale deployment/istiod', 'delete pod', 'get pods'];
const started = ['scale deployment/istiod', 'rollout status'];

test('the control plane is stopped, and started again as large as it was', async () => {
  const { recorder, cluster } = scene();
  await cluster.withoutControlPlane(async () => expect(await asked()).toEqual(stopped));
  expect(await asked()).toEqual([...stopped, ...started]);
  expect(recorder.commands.flatMap(({ typed }) => /--replicas=\d/.exec(typed)?.[0] ?? [])).toEqual([
    '--replicas=0',
    '--replicas=2',
  ]);
});

test('it is started again when the exercise ends, also where it went wrong while it was stopped', async () => {
  const { changes, cluster } = scene();
  const wrong = cluster.withoutControlPlane(async () => {
    throw new Error('red');
  });
  await expect(wrong).rejects.toThrow('red');
  expect(await asked()).toEqual(stopped);
  await changes.undo();
  expect(await asked()).toEqual([...stopped, ...started]);
});

test('nothing is changed any more once all was taken back', async () => {
  const { changes, cluster } = scene();
  await changes.undo();
  await expect(cluster.withoutControlPlane(async () => undefined)).rejects.toThrow('The exercise has ended before');
  expect(await asked()).toEqual(['get deployment/istiod']);
});
