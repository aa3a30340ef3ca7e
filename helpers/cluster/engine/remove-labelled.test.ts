import type Docker from 'dockerode';
import { expect, test } from 'vitest';

import { removeLabelled } from './remove-labelled.ts';

/** An engine with containers that were created so many seconds after 1970; those that are removed are noted. */
function engine(created: readonly number[]) {
  const removed: string[] = [];
  const api = {
    listContainers: async () => created.map((Created) => ({ Id: `c${Created}`, Created })),
    getContainer: (id: string) => ({
      inspect: async () => ({ Mounts: [] }),
      remove: async () => {
        removed.push(id);
      },
    }),
  };
  return { api: api as unknown as Docker, removed };
}

test('all containers with a label go', async () => {
  const { api, removed } = engine([10, 20]);
  expect(await removeLabelled(api, { a: 'b' })).toBe(2);
  expect(removed).toEqual(['c10', 'c20']);
});

test('what the next command has created since stays, though it has the same label', async () => {
  const { api, removed } = engine([10, 20]);
  expect(await removeLabelled(api, { a: 'b' }, 15_000)).toBe(1);
  expect(removed).toEqual(['c10']);
});
