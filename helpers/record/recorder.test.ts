import { expect, test, vi } from 'vitest';

import { nobody } from './audience.ts';
import { Recorder, warningsIn } from './recorder.ts';

vi.mock('./allure.ts', () => ({ showTranscript: async () => {} }));

test('warnings are the lines in which a program warns, and no others', () => {
  const stderr =
    'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\nError from server\n  Warning: unknown field\r\nthe flag --x has been deprecated\n';
  expect(warningsIn(stderr)).toEqual([
    'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    '  Warning: unknown field',
    'the flag --x has been deprecated',
  ]);
  expect(warningsIn('')).toEqual([]);
});

test('an exercise is watched where somebody hears what happens', () => {
  expect(new Recorder().isWatched).toBe(false);
  expect(new Recorder({ ...nobody }).isWatched).toBe(true);
});

test('who was there with the change is kept when the change has gone, with the pods that came later', () => {
  const recorder = new Recorder();
  const workload = {
    namespace: 'shop',
    name: 'backend',
    labels: {},
    sidecar: true,
    pods: [{ name: 'a', address: '10.0.0.1' }],
  };
  recorder.sawAfter([workload]);
  recorder.sawAfter([
    { ...workload, sidecar: false, pods: [{ name: 'b', address: '10.0.0.2' }] },
    { ...workload, name: 'late' },
  ]);
  expect(recorder.workloads.after.map(({ name, sidecar, pods }) => [name, sidecar, pods.length])).toEqual([
    ['backend', true, 2],
    ['late', true, 1],
  ]);
});

test('shows the proxy that a restart brought, and does not add up pods that took the place of others', () => {
  const recorder = new Recorder();
  const seen = (name: string, sidecar: boolean) => ({
    namespace: 'shop',
    name: 'backend',
    labels: {},
    sidecar,
    pods: [{ name, address: '10.0.0.1' }],
  });
  recorder.sawAfter([seen('a', false)]);
  recorder.sawAfter([seen('b', true)]);
  expect(recorder.workloads.after.map(({ sidecar, pods, atOnce }) => [sidecar, pods.length, atOnce])).toEqual([
    [true, 2, 1],
  ]);
});

test('a finding says which command printed it, and of a count which came last', async () => {
  const recorder = new Recorder();
  await recorder.find('nothing ran', 'x');
  for (const stdout of ['one\ntwo\n', 'three\n'])
    await recorder.ran({ command: `echo ${stdout}`, stdout, stderr: '', exitCode: 0, durationMs: 1 });
  await recorder.find('two is there', 'two', 'one\ntwo\n');
  await recorder.find('nobody printed it', 'four');
  await recorder.findFigures('three were counted', '3');
  expect(recorder.findings.map(({ command, printed }) => [command, printed])).toEqual([
    [undefined, undefined],
    [0, true],
    [1, false],
    [1, false],
  ]);
});

test('an exercise that does not end is told by its step and by the command that was announced last', async () => {
  const recorder = new Recorder();
  await recorder.begin('After: the port answers');
  await recorder.announce('kubectl get pods');
  expect(recorder.whereItStands).toBe(
    'the step “After: the port answers” began 0 s ago, the last command 0 s ago:\n$ kubectl get pods',
  );
});
