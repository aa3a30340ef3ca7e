import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { named, withContextsOf } from './contexts.ts';

const two = `
apiVersion: v1
kind: Config
current-context: default
contexts:
  - { name: default, context: { cluster: lab, user: admin } }
  - { name: work, context: { cluster: work, user: me } }
clusters:
  - { name: lab, cluster: { server: "https://127.0.0.1:6443" } }
  - { name: work, cluster: { server: "https://work:6443" } }
users: [{ name: admin, user: { token: a } }, { name: me, user: { token: b } }]
`;

test('the current context alone is left, under its new name, with its own cluster and user', () => {
  expect(parse(named(two, 'west'))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'west',
    contexts: [{ name: 'west', context: { cluster: 'west', user: 'west' } }],
    clusters: [{ name: 'west', cluster: { server: 'https://127.0.0.1:6443' } }],
    users: [{ name: 'west', user: { token: 'a' } }],
  });
});

test('the contexts of another file come after its own, however often they are added', () => {
  const [west, east] = [named(two, 'west'), named(two, 'east')];
  const both = withContextsOf(west, east);
  expect(parse(both)).toMatchObject({
    'current-context': 'west',
    contexts: [{ name: 'west' }, { name: 'east' }],
    clusters: [{ name: 'west' }, { name: 'east' }],
    users: [{ name: 'west' }, { name: 'east' }],
  });
  expect(withContextsOf(both, withContextsOf(east, both))).toBe(both);
  expect(named(both, 'west')).toBe(west);
});
