import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { presenterOn } from '../lesson/audience-of-run.ts';
import { Lesson } from '../lesson/lesson.ts';
import { Stopped, type Told } from '../record/audience.ts';
import { exampleObservation } from '../record/examples.ts';
import { Recorder } from '../record/recorder.ts';
import { type Listener, presentOn } from './presenter.ts';

// Outside of a run there is nothing that steps could be told to.
vi.mock('../record/allure.ts', () => ({ step: async (_title: string, body: () => Promise<void>) => body() }));

/** A lesson at one end of a wire, and whoever hears it at the other. */
async function wired(listen: Listener) {
  const folder = await mkdtemp(join(tmpdir(), 'presenter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const heard: Told[] = [];
  const wire = await presentOn(join(folder, 'socket'), async (told) => {
    heard.push(told);
    return listen(told);
  });
  onTestFinished(wire.close);
  const recorder = new Recorder(await presenterOn(join(folder, 'socket')));
  return { lesson: new Lesson(recorder), recorder, heard };
}

const fails = async () => {
  throw new Error('Expected a refusal');
};

test('what an exercise does is heard in its order, and each line is answered', async () => {
  const { lesson, recorder, heard } = await wired(async () => true);
  await lesson.step('Before', async () => {
    await recorder.announce('kubectl get pods', 'three pods');
    await recorder.observe(exampleObservation);
    // Side by side, as an exercise may look at several things at a time.
    await Promise.all([recorder.find('one', 'a'), recorder.find('two', 'b')]);
  });
  expect(heard.map((told) => (told.kind === 'found' ? told.sentence : told.kind))).toEqual([
    'step',
    'before',
    'called',
    'one',
    'two',
    'held',
  ]);
  expect(heard[2]).toEqual({
    kind: 'called',
    call: {
      caller: 'attacker',
      cluster: '',
      target: 'backend',
      request: 'GET /',
      verdict: 'allowed',
      signature: 'HTTP 200',
    },
  });
});

test('an exercise ends where the person wants it to', async () => {
  const { lesson, heard } = await wired(async (told) => told.kind !== 'step');
  await expect(lesson.step('Before', async () => {})).rejects.toThrow(Stopped);
  expect(heard).toEqual([{ kind: 'step', title: 'Before' }]);
});

test('after a failure the person decides whether there is a next step', async () => {
  const ending = await wired(async ({ kind }) => kind !== 'failed');
  await expect(ending.lesson.step('Before', fails)).rejects.toThrow('Expected a refusal');
  const goingOn = await wired(async () => true);
  await goingOn.lesson.step('Before', fails);
  await goingOn.lesson.step('After', async () => {});
  expect(goingOn.heard.map(({ kind }) => kind)).toEqual(['step', 'failed', 'step', 'held']);
  expect(() => goingOn.lesson.end()).toThrow('Expected a refusal');
});
