/** Where the proxies' spans go. It comes to a lab only if a lesson asks for traces: nothing else needs it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import { kindDir } from '../system/paths.ts';
import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';

/** Installs the lab's Jaeger beside istiod, where it is not there yet, and waits until it answers. */
export async function installJaeger(): Promise<void> {
  const manifest = await readFile(join(kindDir, 'jaeger.yaml'), 'utf8');
  await must('kubectl', ['apply', '-f', '-'], { input: manifest.replace(':VERSION', `:${versions.jaeger}`) });
  const limit = `--timeout=${timeouts.imagePullMs / 1000}s`;
  await must('kubectl', ['-n', 'istio-system', 'wait', 'deployment/jaeger', '--for=condition=Available', limit]);
}
