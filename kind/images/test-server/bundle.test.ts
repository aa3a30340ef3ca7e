import { isBuiltin } from 'node:module';

import { expect, test } from 'vitest';

import { bundleTestServer } from './bundle.ts';

test('the bundle needs nothing but what Node has', async () => {
  const bundle = await bundleTestServer();
  const needed = [...bundle.matchAll(/^import .*?from ?"([^"]+)"|__require\("([^"]+)"\)/gm)].map(
    ([, imported, required]) => imported ?? required ?? '',
  );
  expect(needed).toContain('node:http');
  // Asked for by who wants PostgreSQL's client in C, which nobody here does.
  expect([...new Set(needed.filter((name) => !isBuiltin(name)))]).toEqual(['pg-native']);
});
