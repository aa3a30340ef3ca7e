import { join } from 'node:path';

import { rolldown } from 'rolldown';

/** The test server with everything it imports, as the text of one file that Node runs without node_modules. */
export async function bundleTestServer(): Promise<string> {
  const bundle = await rolldown({ input: join(import.meta.dirname, 'main.ts'), platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
