/** Another release of Istio beside the lab's own: its images on the nodes, and its istioctl under a name of its own. */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { istioctlAlone, istioPrograms, secondIstio, secondIstioctl, secondIstioImages } from '../../kind/catalogue.ts';
import { currentCluster } from '../kube/cluster.ts';
import { stateDir } from '../system/paths.ts';
import type { Progress } from '../system/progress.ts';
import { goPrograms } from './assemble/go-programs.ts';
import { assembleImage } from './assemble/lab-image.ts';
import type { ImageSource } from './choices.ts';
import { useClients } from './client-environment.ts';
import type { Engine } from './engine/engine.ts';
import { loadImage } from './images/load-image.ts';
import { pullOnNodes } from './images/pull-on-nodes.ts';
import { type Lab, recordLab } from './lab.ts';

/** Where a lab gets its images from. */
interface Source {
  readonly engine: Engine;
  readonly imageSource: ImageSource;
  /** Name in the engine of what assembled images are built on. */
  readonly base: string | undefined;
}

/** Brings the release to a lab that has not got it yet, and its istioctl into PATH of this process. Returns the lab with it. */
export async function withSecondRelease(source: Source, lab: Lab, progress: Progress): Promise<Lab> {
  const { version } = secondIstio;
  if (lab.secondIstio === version) return lab;
  const folder = await progress.timed(`Istio ${version} beside it`, () => bring(source, lab, progress));
  const both = { ...lab, secondIstio: version, clientDirs: [...lab.clientDirs, folder] };
  useClients(both.clientDirs);
  await recordLab(both);
  return both;
}

/** Brings its images to the nodes. Returns the folder that holds its istioctl. */
async function bring({ engine, imageSource, base }: Source, lab: Lab, progress: Progress): Promise<string> {
  if (imageSource === 'upstream') {
    await pullOnNodes(
      currentCluster(),
      secondIstioImages.flatMap(({ upstream }) => upstream),
      (line) => progress.say(line),
    );
    return linked(await goPrograms(istioctlAlone(secondIstio)));
  }
  const programs = await goPrograms(istioPrograms(secondIstio));
  for (const recipe of secondIstioImages) {
    const image = await assembleImage(engine, recipe, base ?? '');
    for (const name of recipe.upstream) await loadImage(engine, lab, image, name);
  }
  return linked(programs);
}

/** A folder in which the istioctl of `programs` has the name that tells it from the lab's own. */
async function linked(programs: string): Promise<string> {
  const folder = join(stateDir, 'second-release');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await symlink(join(programs, 'istioctl'), join(folder, secondIstioctl));
  return folder;
}
