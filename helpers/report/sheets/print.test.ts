import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { stateDir } from '../../system/paths.ts';
import { pagesOf, printToPdf } from './print.ts';

test('pages of a PDF are counted, and not the list of them', () => {
  expect(
    pagesOf('1 0 obj <</Type /Pages /Count 2>> 2 0 obj <</Type /Page>> 3 0 obj <</Type/Page\n/Parent 1 0 R>>'),
  ).toBe(2);
});

test('a Chromium that ends well and writes nothing has not printed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chromium-'));
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  await mkdir(stateDir, { recursive: true });
  await writeFile(join(folder, 'chromium'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  vi.stubEnv('PATH', folder);
  const signal = new AbortController().signal;
  expect(await printToPdf(join(folder, 'a.html'), join(folder, 'a.pdf'), signal)).toBeUndefined();
});
