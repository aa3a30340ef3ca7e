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

test.each([404, 409])('a container that goes without us, %i, is waited for and is no error', async (statusCode) => {
  let waited = 0;
  const api = {
    listContainers: async () => [{ Id: 'c', Created: 1 }],
    getContainer: () => ({
      inspect: async () => ({ Mounts: [] }),
      remove: async () => {
        throw Object.assign(new Error('removal is already in progress'), { statusCode });
      },
      wait: async () => {
        waited += 1;
      },
    }),
  };
  expect(await removeLabelled(api as unknown as Docker, { a: 'b' })).toBe(1);
  expect(waited).toBe(1);
});
