import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { readFixture } from './fixture.ts';

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
