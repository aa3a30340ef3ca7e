import { expect, test } from 'vitest';

import { exampleObservation as seen } from '../record/examples.ts';
import { drawStory } from './picture.ts';
import { rolesOf } from './roles.ts';

const count = (svg: string, part: string) => svg.split(part).length - 1;

test('gives every role the same place in every panel', () => {
  const svg = drawStory([
    seen,
    { ...seen, caller: 'frontend' },
    { ...seen, step: 'After', caller: 'frontend' },
    { ...seen, step: 'After', target: 'frontend' },
  ]);
  const placesOf = (role: string) =>
    [...svg.matchAll(new RegExp(`x="([\\d.]+)"[^>]*>${role}</text>`, 'g'))].map(([, x]) => x);
  for (const role of ['attacker', 'frontend', 'backend']) {
    expect(placesOf(role)).toHaveLength(2);
    expect(new Set(placesOf(role)).size).toBe(1);
  }
});

test('tells refused from let through without colour', () => {
  const allowed = drawStory([seen]);
  const blocked = drawStory([{ ...seen, verdict: 'blocked', signature: 'no answer (curl 28)' }]);
  expect(count(blocked, '✕')).toBe(count(allowed, '✕') + 2);
  expect(count(blocked, 'stroke-dasharray="8 5"')).toBe(count(allowed, 'stroke-dasharray="8 5"') + 1);
});

test('merges identical calls of a panel and says how many there were', () => {
  const svg = drawStory([seen, seen, seen]);
  expect(count(svg, 'GET /')).toBe(1);
  expect(svg).toContain('HTTP 200 (3 times)');
});

test('escapes what a service answered', () => {
  expect(drawStory([{ ...seen, signature: '<b>&' }])).toContain('&lt;b&gt;&amp;');
});

test('orders roles so that calls point to the right, namespace by namespace', () => {
  const roles = rolesOf([
    { ...seen, caller: 'frontend' },
    { ...seen, target: 'frontend' },
    { ...seen, caller: 'legacy', callerNamespace: 'plain' },
  ]);
  expect(roles.map(({ name }) => name)).toEqual(['attacker', 'frontend', 'legacy', 'backend']);
});

test('keeps roles of one name in two namespaces apart', () => {
  const roles = rolesOf([
    seen,
    { ...seen, callerNamespace: 'street' },
    { ...seen, caller: 'clerk', target: 'attacker' },
  ]);
  expect(roles).toEqual([
    { name: 'attacker', namespace: 'street' },
    { name: 'clerk', namespace: 'bank' },
    { name: 'attacker', namespace: 'bank' },
    { name: 'backend', namespace: undefined },
  ]);
});
