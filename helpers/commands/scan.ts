/** Looks for secrets in everything under reports/, also those known by value where a lab is up. */
import { stat } from 'node:fs/promises';

import { findEngine } from '../lab/engine/engine.ts';
import { findLab } from '../lab/lab.ts';
import { useLab } from '../lab/use-lab.ts';
import { knownSecrets } from '../report/publish/known-secrets.ts';
import { scanFolder } from '../report/publish/secret-scan.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

await command(async () => {
  const folder = given('REPORTS').REPORTS ?? reportsDir;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new UsageProblem(`there is no folder ${folder}`, 'make course');
  const engine = await findEngine();
  delete process.env['KUBECONFIG'];
  if (engine !== undefined && (await findLab(engine)) !== undefined) await useLab();
  const known = await knownSecrets();
  const found = await scanFolder(folder, known);
  for (const { kind, where } of found) process.stdout.write(`${where}: ${kind}\n`);
  const values =
    known.secret.size === 0 ? 'no lab is up, so no values were known' : `${known.secret.size} values known`;
  process.stdout.write(
    `${found.length === 0 ? 'no secret' : `${found.length} secrets`} found in ${folder}; ${values}\n`,
  );
  return found.length > 0 ? exitCodes.failed : 0;
});
