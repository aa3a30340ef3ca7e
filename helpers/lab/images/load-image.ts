import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { stateDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import type { Engine } from '../engine/engine.ts';
import { inContainer } from '../engine/in-container.ts';
import type { Nodes } from '../lab.ts';

/** Copies an image of the engine into all nodes of a running lab, under the name that pods ask for. */
export async function loadImage(engine: Engine, lab: Nodes, image: string, name: string): Promise<void> {
  const nodes = [lab.containerId, ...lab.workerIds].map((id) => engine.api.getContainer(id));
  const folder = await mkdtemp(join(stateDir, 'context-'));
  try {
    await pipeline(await engine.api.getImage(image).get(), createWriteStream(join(folder, 'image.tar')));
    // The engine takes files only as an archive of them.
    const parcel = join(folder, 'parcel.tar');
    await must('tar', ['--create', '--file', parcel, '--directory', folder, 'image.tar']);
    for (const node of nodes) await node.putArchive(parcel, { path: '/' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const archive = '/image.tar';
  for (const node of nodes) {
    await inContainer(node, 'ctr', '--namespace', 'k8s.io', 'images', 'import', archive);
    await inContainer(node, 'ctr', '--namespace', 'k8s.io', 'images', 'tag', '--force', image, name);
    await inContainer(node, 'rm', archive);
  }
}
