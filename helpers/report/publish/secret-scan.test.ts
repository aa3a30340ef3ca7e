import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { expect, onTestFinished, test } from 'vitest';

import { redact } from '../../record/redact.ts';
import { scanFolder, scanText } from './secret-scan.ts';

// Put together here, so that no scanner takes this file for a leak.
const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');
const key = ['-----BEGIN PRIVATE', `KEY-----\n${'MIIEvQ'.repeat(30)}\n-----END PRIVATE`, 'KEY-----'].join(' ');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const kinds = async (
  text: string,
  ...more: Parameters<typeof scanText> extends [string, string, ...infer Rest] ? Rest : never
) => (await scanText(text, 'x', ...more)).map(({ kind }) => kind);

test.each([
  ['a token', `cookie ${token}`],
  ['a private key', key],
  ['an opaque bearer token', `Authorization: Bearer ${'a1b2'.repeat(8)}`],
  ['the key of a kubeconfig', `client-key-data: ${base64('x'.repeat(40))}`],
  ['the key of a kubeconfig as JSON', `"client-key-data":"${base64('x'.repeat(40))}"`],
  ['a bootstrap token', ['abcdef', '0123456789abcdef'].join('.')],
])('finds %s, and no longer once it is redacted', async (_what, text) => {
  expect(await kinds(text)).not.toEqual([]);
  expect(await kinds(redact(text))).toEqual([]);
});

test('finds what only the rules of secretlint know', async () => {
  expect(await kinds(['ghp', 'a1B2c3D4e5'.repeat(3) + 'abcdef'].join('_'))).toEqual([
    'GITHUB_TOKEN (secretlint github)',
  ]);
});

test('finds a token in an attachment in a page of a report, and names the page', async () => {
  const page = JSON.stringify({
    html: base64(`a transcript with ${token} and more text around it, as there always is`),
  });
  expect(await scanText(`d("data/test-results/1.json", "${base64(page)}")`, 'index.html')).toEqual([
    { kind: 'token', where: 'index.html, data/test-results/1.json' },
  ]);
});

test('finds a planted token anywhere in a folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'scan-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'runs'));
  await writeFile(join(folder, 'index.html'), '<p>fine</p>');
  await writeFile(join(folder, 'runs', 'run.json'), `{"evidence":"${token}"}`);
  expect(await scanFolder(folder)).toEqual([{ kind: 'token', where: 'runs/run.json' }]);
});

test('finds the value of a Secret, plain and as base64, unless the course publishes it', async () => {
  const known = (published: string[]) => ({
    secret: new Map([['Secret shop/db: password', 'hunter2-hunter2']]),
    published,
  });
  expect(await kinds('PGPASSWORD=hunter2-hunter2', known([]))).toEqual(['the value of Secret shop/db: password']);
  expect(await kinds(`password: ${base64('hunter2-hunter2')}`, known([]))).toEqual([
    'the value of Secret shop/db: password',
  ]);
  expect(await kinds('PGPASSWORD=hunter2-hunter2', known(['hunter2-hunter2']))).toEqual([]);
});

test('a connection string is a find unless its password is published', async () => {
  const text = ['postgres', '//shop:correct-horse@database:5432/shop'].join(':');
  expect(await kinds(text)).toHaveLength(1);
  expect(await kinds(text, { secret: new Map(), published: ['correct-horse'] })).toEqual([]);
});

test('never repeats what it found', async () => {
  expect(JSON.stringify(await scanText(`${token} ${key}`, 'x'))).not.toContain(token.slice(0, 8));
});

test('finds nothing in an ordinary transcript', async () => {
  const text =
    '$ kubectl get pods\nfrontend-7d9c 1/1 Running 10.244.0.7 docker.io/library/nginx:1.30.5\nBearer fake-token';
  expect(await kinds(text)).toEqual([]);
  expect(redact(text)).toBe(text);
});

test('looks into what is packed', async () => {
  const padded = `${'word '.repeat(40)}${token}${' more'.repeat(40)}`;
  const packed = gzipSync(Buffer.from(padded)).toString('base64');
  expect(await scanText(`d("page.json","gzip:${packed}")`, 'index.html')).toEqual([
    { kind: 'token', where: 'index.html, page.json' },
  ]);
});
