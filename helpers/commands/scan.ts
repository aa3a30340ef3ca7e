/** Looks for secrets in everything under reports/, also those known by value where a lab is up. */
import { existsSync } from 'node:fs';

import { findEngine } from '../cluster/engine/engine.ts';
import { findLab } from '../cluster/lab.ts';
import { useLab } from '../cluster/use-lab.ts';
import { reportsDir } from '../places.ts';
import { exitCodes, UsageProblem } from '../problem.ts';
import { scanFolder } from '../report/secret-scan.ts';
import { knownSecrets } from '../runs/known-secrets.ts';
import { command } from './command.ts';

await command(async () => {
  const folder = process.env['REPORTS'] || reportsDir;
  if (!existsSync(folder)) throw new UsageProblem(`there is no folder ${folder}`, 'make course');
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
