import { expect, test } from 'vitest';

import { hostsFiles } from './hosts.ts';

test('each host gets a file that names its mirrors in their order, and its publisher', () => {
  const files = hostsFiles({
    mirrors: { 'docker.io': { endpoint: ['https://m:5000', 'http://m:5000'] }, 'quay.io': {} },
  });
  expect(Object.keys(files)).toEqual(['docker.io', 'quay.io']);
  expect(files['docker.io']).toBe(
    'server = "https://registry-1.docker.io"\n\n' +
      '[host."https://m:5000"]\ncapabilities = ["pull", "resolve"]\n\n' +
      '[host."http://m:5000"]\ncapabilities = ["pull", "resolve"]\n',
  );
  expect(files['quay.io']).toBe('server = "https://quay.io"\n');
});

test('without mirrors there is nothing to write', () => {
  expect(hostsFiles({})).toEqual({});
});
