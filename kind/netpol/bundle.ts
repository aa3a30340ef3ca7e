import { join } from 'node:path';

import { rolldown } from 'rolldown';

/** Bundles the engine with everything it imports into one file that Node runs without node_modules. */
export async function bundleEngine(outputFile: string): Promise<void> {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'main.ts'), platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: outputFile, format: 'esm', codeSplitting: false });
  await bundle.close();
}
