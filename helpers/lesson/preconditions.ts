/** Why an exercise cannot run on a cluster that is not the course's own, besides the capabilities that it names. */
import { readFile } from 'node:fs/promises';

import { imageRecipes } from '../../kind/catalogue.ts';
import type { Cluster } from '../kube/cluster.ts';
import { manifestsOf } from '../kube/manifest.ts';
import type { ProvidedLab } from './lab-of-run.ts';

/** Images that no registry has. */
const ownImages = imageRecipes.filter(({ own }) => own === true).flatMap(({ upstream }) => upstream);

/**
 * Reasons, none on a lab of ours. On somebody else's cluster an exercise must not change what other namespaces see, and
 * an image of the course must be on the nodes already.
 *
 * @param spec path of the spec file
 * @param folder its fixtures
 */
export async function unmetPreconditions(
  spec: string,
  folder: string,
  clusters: readonly Cluster[],
  lab: Pick<ProvidedLab, 'ours' | 'meshWide'>,
): Promise<string[]> {
  if (lab.ours) return [];
  const reasons: string[] = [];
  if (/\.(?:mesh-wide|pair-wide|ambient-alone)\.spec\.ts$/.test(spec) && !lab.meshWide) {
    reasons.push(
      "needs leave to change what every namespace of the mesh sees, on a cluster that is not the course's; to give it: MESH_WIDE=yes",
    );
  }
  const missing = new Set((await Promise.all(clusters.map((each) => missingImages(folder, each)))).flat());
  if (missing.size > 0) {
    reasons.push(
      `needs ${[...missing].join(', ')}, which no registry has (looked for: an image of that name on a node); to get it: load it on the nodes, or make course on a lab`,
    );
  }
  return reasons;
}

async function missingImages(folder: string, cluster: Cluster): Promise<string[]> {
  const manifests = await Promise.all((await manifestsOf(folder)).map((file) => readFile(file, 'utf8')));
  const wanted = ownImages.filter((image) => manifests.some((text) => text.includes(image)));
  if (wanted.length === 0) return [];
  const { stdout } = await cluster.must('kubectl', [
    'get',
    'nodes',
    '-o',
    'jsonpath={.items[*].status.images[*].names}',
  ]);
  return wanted.filter((image) => !stdout.includes(image));
}
