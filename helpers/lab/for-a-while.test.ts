import { expect, test, vi } from 'vitest';

import { forAWhile } from './for-a-while.ts';

/** Something that comes and goes, of which some steps fail, and what was done in which order. */
function seen(...failing: readonly string[]) {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const done: string[] = [];
  const step = (name: string) => async () => {
    done.push(name);
    if (failing.includes(name)) throw new Error(`no ${name}`);
  };
  const visitor = {
    name: 'The guest',
    bring: step('bring'),
    end: { 'tells nothing': step('ask'), 'does not go': step('remove') },
  };
  const play = (failed: number) => async (came: boolean) => {
    done.push(came ? 'play' : 'play without');
    return { failed };
  };
  return { done, visitor, play };
}

test('it comes before what is done, and goes after it', async () => {
  const { done, visitor, play } = seen();
  expect(await forAWhile(visitor, false, play(1))).toEqual({ result: { failed: 1 }, trouble: [] });
  expect(done).toEqual(['bring', 'play', 'ask', 'remove']);
});

test('what does not come is said, and the rest is done', async () => {
  const { done, visitor, play } = seen('bring');
  const { trouble } = await forAWhile(visitor, false, play(0));
  expect(trouble).toEqual(['The guest did not come: no bring']);
  expect(done).toEqual(['bring', 'play without', 'ask', 'remove']);
});

test('each step of its end is tried, and each that fails is said', async () => {
  const { done, visitor, play } = seen('ask', 'remove');
  const { trouble } = await forAWhile(visitor, false, play(0));
  expect(trouble).toEqual(['The guest tells nothing: no ask', 'The guest does not go: no remove']);
  expect(done).toEqual(['bring', 'play', 'ask', 'remove']);
});

test('after a failure that is to be looked at it stays, and goes after none', async () => {
  const kept = seen();
  await forAWhile(kept.visitor, true, kept.play(1));
  expect(kept.done).toEqual(['bring', 'play']);
  const gone = seen();
  await forAWhile(gone.visitor, true, gone.play(0));
  expect(gone.done).toEqual(['bring', 'play', 'ask', 'remove']);
});
