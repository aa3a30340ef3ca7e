import { homedir } from 'node:os';

import { expect, test } from 'vitest';

import { checkOwnFolders, isWithin } from './own-folders.ts';
import { projectRoot } from './paths.ts';

test('a folder is within itself and those above it', () => {
  expect(isWithin('/a/b', '/a')).toBe(true);
  expect(isWithin('/a', '/a')).toBe(true);
  expect(isWithin('/a', '/')).toBe(true);
  expect(isWithin('/a', '/a/b')).toBe(false);
  expect(isWithin('/ab', '/a')).toBe(false);
  expect(isWithin('/a/..b', '/a')).toBe(true);
});

test('folders of the course hold nothing else', () => {
  expect(() => checkOwnFolders('/own/state', '/own/cache')).not.toThrow();
  expect(() => checkOwnFolders()).not.toThrow();
});

test.each([
  [homedir(), '/own/cache'],
  [projectRoot, '/own/cache'],
  ['/own/state', '/'],
  ['/own/state', '/own'],
  ['/own', '/own'],
])('state in %s and cache in %s are refused', (state, cache) => {
  expect(() => checkOwnFolders(state, cache)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
