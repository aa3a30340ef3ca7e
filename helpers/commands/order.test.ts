import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const files = await Array.fromAsync(glob('*.ts', { cwd: import.meta.dirname }));

test('a command names no value below its beginning: it ends the process, so that such a value never is', async () => {
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(import.meta.dirname, file), 'utf8') })),
  );
  const late = texts.flatMap(({ file, text }) => {
    const [, after = ''] = text.split(/^await command\(/m);
    return [...after.matchAll(/^(?:export )?(?:const|let|class) (\w+)/gm)].map(([, name]) => `${file}: ${name}`);
  });
  expect(texts.filter(({ text }) => /^await command\(/m.test(text)).length).toBeGreaterThan(20);
  expect(late).toEqual([]);
});
