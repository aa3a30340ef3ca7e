import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { expect, onTestFinished, test } from 'vitest';

import { goOn, stop, type Told } from '../record/audience.ts';
import { presentOn } from './presenter.ts';

test('each line that an exercise tells is answered, in its order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'presenter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const heard: Told[] = [];
  const wire = await presentOn(join(folder, 'socket'), async (told) => {
    heard.push(told);
    return told.kind === 'step';
  });
  onTestFinished(wire.close);
  const exercise = createConnection(join(folder, 'socket'));
  await once(exercise, 'connect');
  const lines: Told[] = [
    { kind: 'step', title: 'Before' },
    { kind: 'found', sentence: 'let through', evidence: '' },
  ];
  const answers = createInterface(exercise)[Symbol.asyncIterator]();
  exercise.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect([(await answers.next()).value, (await answers.next()).value]).toEqual([goOn, stop]);
  expect(heard).toEqual(lines);
  exercise.destroy();
});
