import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { fixturesDir } from '../system/paths.ts';
import { beyond, fillIn, folderOfSetup, readFixture } from './manifest.ts';

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

test('a StatefulSet is known by name and namespace, so that its pods can be waited for', async () => {
  await writeFile(join(folder, 'set.yaml'), 'kind: StatefulSet\nmetadata: { name: peers, namespace: shop }\n');
  expect(await readFixture(folder, 'set.yaml')).toMatchObject({
    statefulSets: [{ name: 'peers', namespace: 'shop' }],
    podNamespaces: ['shop'],
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

const service = 'kind: Service\nmetadata:\n  name: backend\n  namespace: shop\n';
const route = 'kind: HTTPRoute\nmetadata:\n  name: backend\n  namespace: shop\n';

test('of a manifest, what another has too is left out, by kind, namespace and name', () => {
  const made = beyond(`${service}---\n${route}`, service);
  expect(made).toEqual({ yaml: route, shares: true });
  expect(beyond(route, service)).toEqual({ yaml: route, shares: false });
  expect(beyond(service, service)).toEqual({ yaml: '', shares: true });
  expect(beyond(service, service.replace('shop', 'other')).shares).toBe(false);
  expect(beyond(`# The way in.\n---\n${route}`, '')).toEqual({ yaml: route, shares: false });
});

test('a claim without a set-up of its own has that of its exercise', () => {
  const exercise = join(fixturesDir, '01-foundation/04-network-policy');
  expect(folderOfSetup(join(exercise, '01-blocks-the-attacker'))).toBe(exercise);
  expect(folderOfSetup(join(exercise, '04-trusts-a-label'))).toBe(join(exercise, '04-trusts-a-label'));
});
