import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import wabt from 'wabt';
import { parseAllDocuments } from 'yaml';

import { fixturesDir } from './system/paths.ts';

const folder = join(fixturesDir, '08-integration/06-extension-and-limits/02-broken-in-two-ways');

test('the program that a lesson hands to proxies is the text beside it, assembled', async () => {
  const text = await readFile(join(folder, 'header.wat'), 'utf8');
  const module = (await wabt()).parseWat('header.wat', text);
  module.resolveNames();
  module.validate();
  const objects = parseAllDocuments(await readFile(join(folder, '10-setup.yaml'), 'utf8')).map(
    (document) => document.toJS() as { kind: string; binaryData?: Record<string, string> },
  );
  const held = objects.find(({ kind }) => kind === 'ConfigMap')?.binaryData?.['header.wasm'] ?? '';
  expect(held.replaceAll('\n', '')).toBe(Buffer.from(module.toBinary({}).buffer).toString('base64'));
});
