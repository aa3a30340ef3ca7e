import { glob } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fixturesDir, specsDir } from '../system/paths.ts';
import { lessonMutants } from './of-a-lesson.ts';
import { reasonsOf } from './reasons.ts';

const files = await Array.fromAsync(glob('**/*.mutants.yaml', { cwd: specsDir }));
const paths = files.map((file) => file.replace('.mutants.yaml', '')).toSorted();

test('the files that excuse mutants are found', () => {
  expect(paths.length).toBeGreaterThan(0);
});

test.each(paths)('%s: each excused mutant exists, and has a sentence for its reason', async (path) => {
  const names = (await lessonMutants(join(fixturesDir, path))).map(({ name }) => name);
  for (const [name, reason] of Object.entries(await reasonsOf(path))) {
    expect(names).toContain(name);
    expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  }
});
