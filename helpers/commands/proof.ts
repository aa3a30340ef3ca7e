/**
 * Repeats a refused call from its record: BUNDLE names the folder. The manifests are applied in a namespace of its own, the
 * same commands are typed there, and what comes of them is compared with the record.
 */
import { randomBytes } from 'node:crypto';

import { currentCluster } from '../kube/cluster.ts';
import { repeatProof } from '../lab/repeat-proof.ts';
import { useLab } from '../lab/use-lab.ts';
import { compareWithRecord, readProofBundle } from '../runs/proof-bundle.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

await command(async () => {
  const folder = given('BUNDLE').BUNDLE;
  if (folder === undefined)
    throw new UsageProblem('no bundle is named', 'make proof BUNDLE=reports/proofs/refused-call');
  const bundle = await readProofBundle(folder);
  process.stdout.write(
    `the bundle is as it was written: ${bundle.manifests.map(({ file }) => file).join(', ')}\n` +
      `recorded ${bundle.madeAt}, with ${versions(bundle.versions)}\n`,
  );
  await useLab();
  const seen = await repeatProof(currentCluster(), bundle, `proof-${randomBytes(4).toString('hex')}`);
  const compared = compareWithRecord(bundle, seen);
  for (const { what, recorded, seen: now, same } of compared)
    process.stdout.write(`${same ? 'same ' : 'OTHER'} ${what}: ${now}${same ? '' : `, recorded: ${recorded}`}\n`);
  const same = compared.every((each) => each.same);
  process.stdout.write(same ? 'the repetition agrees with the record\n' : 'the repetition does NOT agree with it\n');
  return same ? 0 : exitCodes.failed;
});

function versions(named: Readonly<Record<string, string>>): string {
  return Object.entries(named)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}
