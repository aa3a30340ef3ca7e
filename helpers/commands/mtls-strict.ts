/** STRICT mutual TLS in a namespace of the lab that is up: make mtls-strict NAMESPACE=shop */
import { join } from 'node:path';

import { useLab } from '../lab/use-lab.ts';
import { UsageProblem } from '../system/errors.ts';
import { kindDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

await command(async () => {
  const { NAMESPACE = 'default' } = given('NAMESPACE');
  await useLab();
  const there = await run('kubectl', ['get', 'namespace', NAMESPACE, '--ignore-not-found', '--output=name']);
  if (there.exitCode === 0 && there.stdout === '')
    throw new UsageProblem(`there is no namespace ${NAMESPACE} on the lab`, 'make shell, then kubectl get namespaces');
  const file = join(kindDir, 'strict-mtls.yaml');
  process.stdout.write((await must('kubectl', ['apply', '--namespace', NAMESPACE, '-f', file])).stdout);
  return 0;
});
