import { expect, test } from 'vitest';

import { readPull } from './pull-on-nodes.ts';

const images = ['docker.io/library/nginx:1.30.5', 'docker.io/curlimages/curl:8.22.0'];
const digest = `sha256:${'a'.repeat(64)}`;

test('an image that has arrived is known by its digest, though its container did not start', () => {
  const line = `node|image-1|docker.io/curlimages/curl@${digest}|RunContainerError: no such file`;
  expect(readPull(line, images)).toEqual({ node: 'node', image: images[1], digest, trouble: '' });
});

test('an image that cannot be pulled comes with the reason of the kubelet', () => {
  const line = 'node|image-0||ErrImagePull: failed to pull: docker.io/library/nginx:1.30.5: not found';
  expect(readPull(line, images)).toMatchObject({ digest: '', trouble: expect.stringContaining('not found') });
});

test('one that is on its way has neither, and a line of a longer message is none', () => {
  expect(readPull('node|image-0||ContainerCreating: ', images)).toMatchObject({ digest: '', trouble: '' });
  expect(readPull('  and more of a message', images)).toBeUndefined();
});
