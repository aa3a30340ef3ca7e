import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { forgetNames, Names } from './names.ts';

test('a name is always said by the same word, and two names by two', () => {
  const names = new Names(true, { ns: 2, app: 3 });
  const web = names.within('app', 'shop', 'web');
  expect(web).toMatch(/^ns-[12]\/app-0[123]$/);
  expect(names.within('app', 'shop', 'web')).toBe(web);
  expect(names.within('app', 'bare', 'web')).not.toBe(web);
  expect(names.within('svc', 'shop', 'web')).not.toBe(web);
});

test('numbers are drawn anew, so that they tell nothing of an order', () => {
  const drawn = new Set(
    Array.from({ length: 30 }, () => {
      const names = new Names(true, { ns: 1, app: 40 });
      return names.within('app', 'shop', 'web');
    }),
  );
  expect(drawn.size).toBeGreaterThan(5);
});

test('names above those that were known have words of their own', () => {
  const names = new Names(true, { ns: 1 });
  expect(new Set([names.namespace('a'), names.namespace('b'), names.namespace('c')]).size).toBe(3);
});

test('a path loses what a list goes on with, and its names where they are hidden', () => {
  const path = '/api/v1/namespaces/shop/pods?limit=200&continue=eyJ2IjoibWV0YS5rOHMuaW8';
  expect(new Names(false).path(path)).toBe('/api/v1/namespaces/shop/pods?limit=200&continue=…');
  expect(new Names(true, { ns: 1 }).path(path)).toBe('/api/v1/namespaces/ns-1/pods?limit=200&continue=…');
  const proxy = '/api/v1/namespaces/shop/services/prometheus:http/proxy/api/v1/query?query=sum(x)';
  expect(new Names(true, { ns: 1 }).path(proxy)).toBe('/api/v1/namespaces/ns-1/services/…/proxy/api/v1/query?query=…');
});

test('what the words stand for is kept for this user alone, until it is to be forgotten', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'names-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'names.json');
  const names = new Names(true, { ns: 1 });
  names.namespace('shop');
  await names.keep(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ 'ns-1': 'shop' });
  await forgetNames(file);
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await new Names(false).keep(file);
  await expect(stat(file)).rejects.toThrow('ENOENT');
});
