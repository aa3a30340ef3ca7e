import { join } from 'node:path';

import { rolldown } from 'rolldown';

/** The engine with everything it imports, as the text of one file that Node runs without node_modules. */
export async function bundleEngine(): Promise<string> {
  return bundleProgram(join(import.meta.dirname, 'main.ts'));
}

/** The same for another program that runs on a node. */
export async function bundleProgram(input: string): Promise<string> {
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
