import { rm } from 'node:fs/promises';

import { exitCodes, Problem } from '../../system/errors.ts';
import { type KnownValues, scanFolder } from './secret-scan.ts';

/**
 * Lets no report out that holds a secret.
 *
 * @throws {Problem} if one is found; the folder is then removed
 */
export async function refuseSecrets(folder: string, known?: KnownValues): Promise<void> {
  const found = await scanFolder(folder, known);
  if (found.length === 0) return;
  await rm(folder, { recursive: true });
  throw new Problem(
    `The report was removed, because it holds what looks like secrets: ${found.map(({ kind, where }) => `${kind} in ${where}`).join('; ')}`,
    'have the exercise not print it, or teach helpers/record/redact.ts to redact it; then: make report',
    exitCodes.failed,
  );
}
