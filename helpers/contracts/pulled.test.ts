import { expect, test } from 'vitest';

import { nameOf, references } from '../../kind/references.ts';
import { againstPins } from './pulled.ts';

const { nginx, hello } = references;
const other = `sha256:${'0'.repeat(64)}`;

test('a pulled image is the pinned one, another, or one that nothing pins', () => {
  expect(againstPins([[nameOf(nginx), `${nginx.image}@${nginx.digest}`]])).toEqual([`${nameOf(nginx)}: as pinned`]);
  expect(againstPins([[nameOf(nginx), `${nginx.image}@${other}`]])).toEqual([
    `${nameOf(nginx)}: another than pinned: ${other}`,
  ]);
  expect(againstPins([[nameOf(hello), `${hello.image}@${other}`]])).toEqual([
    `${nameOf(hello)}: ${other}, which nothing pins`,
  ]);
});

test('images that are on no node, or were loaded without a registry, are no matter', () => {
  expect(againstPins([['registry.k8s.io/pause:3.10.2'], [nameOf(nginx)]])).toEqual([]);
});
