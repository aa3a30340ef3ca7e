import { expect, test } from 'vitest';

import { exampleFault, exampleKinds } from './examples.ts';
import { judge, readWish } from './incident-guess.ts';

const [slow, failing] = exampleKinds;
const words = (kind: typeof slow, name: string) =>
  kind === undefined ? '' : judge({ kind, name }, exampleFault).words;

test('a number and a name are a guess, however they are written', () => {
  const wish = { wants: 'guess', guess: { kind: failing, name: 'backend-d' } };
  for (const line of ['2 backend-d', ' 2.  Backend-D ', '2 pod/backend-d'])
    expect(readWish(line, exampleKinds)).toEqual(wish);
});

test('single letters are wishes, and what means nothing asks for help', () => {
  const wanted = ['h', 'c', 'a', 'q', 'quit'].map((line) => readWish(line, exampleKinds).wants);
  expect(wanted).toEqual(['hint', 'customer', 'answer', 'quit', 'quit']);
  for (const line of ['', '2', 'backend-d', '7 backend-d', '2 the backend'])
    expect(readWish(line, exampleKinds).wants).toBe('help');
});

test('a guess is right if both of its parts are', () => {
  expect(failing && judge({ kind: failing, name: 'backend-d' }, exampleFault)).toEqual({
    isRight: true,
    words: 'Right: failing pod, backend-d.',
  });
});

test('a guess that is not right says which part is, and what would be seen if it were so', () => {
  expect(words(failing, 'shop')).toBe('The kind is right. It is not shop.');
  expect(words(failing, 'backend')).toBe('The kind is right. It is in backend, and only a part of it: name the pod.');
  expect(words(slow, 'backend-d')).toBe(
    'backend-d has to do with it, and it is something else. If it were “slow pod”, you would see this: One pod takes long.',
  );
  expect(words(slow, 'shop')).toBe(
    'It is not shop. The kind is another too. If it were “slow pod”, you would see this: One pod takes long.',
  );
});
