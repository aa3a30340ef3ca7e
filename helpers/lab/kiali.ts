import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { kindDir } from '../system/paths.ts';
import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { kialiImage } from './upstream.ts';

/** Installs Kiali and waits until its own health check answers. Throws if its image cannot be pulled in time. */
export async function installKiali(): Promise<void> {
  const manifest = await readFile(join(kindDir, 'kiali.yaml'), 'utf8');
  await must('kubectl', ['apply', '-f', '-'], { input: manifest.replace('image: IMAGE', `image: ${kialiImage}`) });
  const limit = `--timeout=${timeouts.imagePullMs / 1000}s`;
  await must('kubectl', ['-n', 'istio-system', 'wait', 'deployment/kiali', '--for=condition=Available', limit]);
}
