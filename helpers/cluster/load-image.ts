import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import type { Container } from 'dockerode';

import { stateDir } from '../places.ts';
import { must } from '../program.ts';
import type { Engine } from './engine.ts';
import type { Lab } from './lab.ts';

/** Copies an image of the engine into a running node, under the name that pods ask for. */
export async function loadImage(engine: Engine, lab: Lab, image: string, name: string): Promise<void> {
  const node = engine.api.getContainer(lab.containerId);
  const folder = await mkdtemp(join(stateDir, 'context-'));
  try {
    await pipeline(await engine.api.getImage(image).get(), createWriteStream(join(folder, 'image.tar')));
    // The engine takes files only as an archive of them.
    const parcel = join(folder, 'parcel.tar');
    await must('tar', ['--create', '--file', parcel, '--directory', folder, 'image.tar']);
    await node.putArchive(parcel, { path: '/var/lib/containerd' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const archive = '/var/lib/containerd/image.tar';
  await inNode(node, 'ctr', '--namespace', 'k8s.io', 'images', 'import', archive);
  await inNode(node, 'ctr', '--namespace', 'k8s.io', 'images', 'tag', '--force', image, name);
  await inNode(node, 'rm', archive);
}

/** @throws with the program's output unless it ends well */
async function inNode(node: Container, ...argv: string[]): Promise<void> {
  const exec = await node.exec({ Cmd: argv, AttachStdout: true, AttachStderr: true, Tty: true });
  const output = await text(await exec.start({ Tty: true }));
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0) throw new Error(`${argv.join(' ')} in the node exited with ${ExitCode}\n${output.slice(-4000)}`);
}
