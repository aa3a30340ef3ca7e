import { expect, test, vi } from 'vitest';

import { type Audience, nobody, Stopped } from '../record/audience.ts';
import { Recorder } from '../record/recorder.ts';
import { Lesson } from './lesson.ts';

// Outside of a run there is nothing that steps could be told to.
vi.mock('../record/allure.ts', () => ({ step: async (_title: string, body: () => Promise<void>) => body() }));

/** A lesson whose audience writes down what it hears. */
function lesson(audience: Partial<Audience> = {}) {
  const heard: string[] = [];
  const recorder = new Recorder({
    ...nobody,
    step: async (title) => void heard.push(title),
    held: async () => void heard.push('held'),
    ...audience,
  });
  return { lesson: new Lesson(recorder), heard };
}

const fails = async () => {
  throw new Error('Expected a refusal');
};

test('an audience hears that a step begins, and that it held', async () => {
  const { lesson: told, heard } = lesson();
  await told.step('Before', async () => {});
  told.end();
  expect(heard).toEqual(['Before', 'held']);
});

test('a step that fails ends the exercise', async () => {
  const { lesson: told, heard } = lesson();
  await expect(told.step('Before', fails)).rejects.toThrow('Expected a refusal');
  expect(heard).toEqual(['Before']);
});

test('where the audience wants to see the next step all the same, the exercise goes on, and fails in the end', async () => {
  const messages: string[] = [];
  const failed = async (message: string) => messages.push(message) > 0;
  const { lesson: told, heard } = lesson({ failed });
  await told.step('Before', fails);
  await told.step('After', async () => {});
  expect(heard).toEqual(['Before', 'After', 'held']);
  expect(messages).toEqual(['Expected a refusal']);
  expect(() => told.end()).toThrow('Expected a refusal');
});

test('who wanted to end is not asked whether to go on', async () => {
  const { lesson: told } = lesson({ failed: async () => true });
  const stops = async () => {
    throw new Stopped('Stopped by the person who sits at the terminal');
  };
  await expect(told.step('Before', stops)).rejects.toThrow(Stopped);
});
