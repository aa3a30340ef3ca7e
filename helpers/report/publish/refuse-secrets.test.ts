import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { refuseSecrets } from './refuse-secrets.ts';

async function reportWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'index.html'), text);
  return folder;
}

test('a report with a planted token is removed, and the run ends with 1 and one line that says where it was', async () => {
  const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');
  const folder = await reportWith(`<p>${token}</p>`);
  await expect(refuseSecrets(folder)).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^The report was removed.*: token in index\.html$/),
  });
  expect(existsSync(folder)).toBe(false);
});

test('a report without secrets stays', async () => {
  const folder = await reportWith('<p>HTTP 403</p>');
  await refuseSecrets(folder);
  expect(existsSync(folder)).toBe(true);
});
