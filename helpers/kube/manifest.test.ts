import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { fillIn, readFixture } from './manifest.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fixture-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a missing manifest is a usage error that says how to restore it', async () => {
  await expect(readFixture(folder, '20-none.yaml')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('missing'),
  });
});

test('a malformed manifest is named, and so is one that holds no Kubernetes object', async () => {
  await writeFile(join(folder, 'bad.yaml'), 'kind: [unclosed');
  await expect(readFixture(folder, 'bad.yaml')).rejects.toThrow('is no YAML');
  await writeFile(join(folder, 'empty.yaml'), 'kind: ConfigMap\n');
  await expect(readFixture(folder, 'empty.yaml')).rejects.toThrow('without kind or metadata.name');
});

test('namespaces and objects are read, empty documents skipped', async () => {
  await writeFile(
    join(folder, 'good.yaml'),
    'kind: Namespace\nmetadata: { name: shop }\n---\n---\nkind: Pod\nmetadata: { name: till, namespace: shop }\n',
  );
  expect(await readFixture(folder, 'good.yaml')).toMatchObject({
    namespaces: ['shop'],
    objects: ['Namespace shop', 'Pod till'],
  });
});

test('a manifest without placeholders is applied as it lies there', () => {
  expect(fillIn({ path: 'fixtures/20-policy.yaml', yaml: 'kind: Pod' }, {})).toEqual({
    yaml: 'kind: Pod',
    script: undefined,
  });
});

test('placeholders are filled in by a command that can be typed', () => {
  const template = { path: 'fixtures/20-policy.yaml', yaml: 'cidr: ${FRONTEND_IP}/32' };
  expect(fillIn(template, { FRONTEND_IP: '10.244.0.7' })).toEqual({
    yaml: 'cidr: 10.244.0.7/32',
    script: "sed -e 's|${FRONTEND_IP}|10.244.0.7|g' fixtures/20-policy.yaml | kubectl apply -f -",
  });
});

test('a placeholder without a value, and a value without a placeholder, are usage errors', () => {
  const template = { path: '20-policy.yaml', yaml: 'cidr: ${FRONTEND_IP}/32' };
  expect(() => fillIn(template, {})).toThrow('FRONTEND_IP');
  expect(() => fillIn(template, { FRONTEND_IP: '10.244.0.7', BACKEND_IP: '10.244.0.8' })).toThrow('BACKEND_IP');
  expect(() => fillIn(template, { FRONTEND_IP: '' })).toThrow('FRONTEND_IP');
});
