import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fixturesDir } from '../../system/paths.ts';
import { readExample } from '../example.ts';
import { documents } from './all.ts';

const agreed = join(fixturesDir, '02-service-mesh-value/07-roi/01-adds-up-row-by-row');
const sheets = documents(await readExample(), []);

// The lesson compares them too; here a change is seen before there is a cluster.
test.each((await readdir(agreed)).filter((name) => name.endsWith('.md')))(
  '%s is the one that was agreed on',
  async (name) => {
    expect(sheets.get(name)).toBe(await readFile(join(agreed, name), 'utf8'));
  },
);
