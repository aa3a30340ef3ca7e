import { join } from 'node:path';

import { conformanceRecipe, e2ePackage } from '../../../kind/conformance.ts';
import { kindDir } from '../../system/paths.ts';
import { must } from '../../system/program.ts';
import type { Engine } from '../engine/engine.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';
import { goEnvironment, goPrograms, goRecipe, linkerFlags, moduleDir } from './go-programs.ts';
import { buildImage } from './image.ts';

/** Kubernetes' own end-to-end suite, built. */
export interface E2eSuite {
  /** The suite: one program that holds every spec. */
  readonly suite: string;
  /** Ginkgo's runner, which runs several specs of it at a time. */
  readonly runner: string;
  /** Folder with agnhost, which the pods of the suite run. */
  readonly programs: string;
}

/** Builds the suite, or finds it in the cache. */
export async function e2eSuite(): Promise<E2eSuite> {
  const programs = await goPrograms(conformanceRecipe);
  const { variables } = goRecipe('kubernetes');
  const cwd = moduleDir(conformanceRecipe);
  const hash = await contentHash([cwd], [JSON.stringify([e2ePackage, variables]), process.arch]);
  const folder = await cachedFolder(`go-e2e-suite-${hash}`, async (draft) => {
    const output = join(draft, 'e2e.test');
    await must('go', ['test', '-c', '-ldflags', linkerFlags(variables), '-o', output, e2ePackage.path], {
      cwd,
      env: goEnvironment,
      endsWithUs: true,
    });
  });
  return { suite: join(folder, 'e2e.test'), runner: join(programs, 'ginkgo'), programs };
}

/** Assembles the image of the suite's pods. Returns the name the engine knows it by. */
export async function agnhost(engine: Engine, { programs }: E2eSuite): Promise<string> {
  const program = join(programs, 'agnhost');
  return buildImage(engine, 'agnhost', join(kindDir, 'images/agnhost'), { agnhost: program }, [program]);
}
