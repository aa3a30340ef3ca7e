import { expect, test } from 'vitest';

import { difference, type Snapshot } from './snapshot.ts';

const of = (namespaces: Record<string, string>, ...objects: string[]): Snapshot => ({
  namespaces: new Map(Object.entries(namespaces)),
  objects: new Set(objects),
});

test('an unchanged cluster has no difference', () => {
  const same = of({ default: 'a=b' }, 'Service default kubernetes');
  expect(difference(same, same)).toEqual({ left: [], lost: [] });
});

test('what was left behind or lost in a namespace that stayed is named, also without a namespace', () => {
  const before = of({ default: '' }, 'Service default kubernetes', 'Webhook <none> mine');
  const after = of({ default: '' }, 'Service default forgotten', 'Webhook <none> other');
  expect(difference(before, after)).toEqual({
    left: ['Service default forgotten', 'Webhook <none> other'],
    lost: ['Service default kubernetes', 'Webhook <none> mine'],
  });
});

test('a label left on a namespace is named', () => {
  const labelled = of({ default: 'istio-injection=enabled' });
  expect(difference(of({ default: '' }), labelled).left).toEqual([
    'labels of namespace default: istio-injection=enabled',
  ]);
});

test('namespaces of others may come and go', () => {
  const before = of({ default: '', theirs: '' }, 'Service theirs a');
  const after = of({ default: '', new: '' }, 'Service new b');
  expect(difference(before, after)).toEqual({ left: [], lost: [] });
});
