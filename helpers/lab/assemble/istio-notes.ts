import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { istioReleases, minorOf } from '../../../kind/istio-releases.ts';
import { readNotes, type ReleaseNote } from '../../runs/release-notes.ts';
import { downloadedModule } from './go-programs.ts';

/**
 * Release notes that one of two releases of Istio has and the other has not, from the Go modules that are assembled; none
 * where the two are one release, or one of them is not ours or cannot be had.
 *
 * @param versions as istiod names itself
 */
export async function notesBetween(...versions: readonly [string, string]): Promise<ReleaseNote[]> {
  const [a, b] = versions.map((version) => minorOf(version));
  if (a === b || !isKnown(a) || !isKnown(b)) return [];
  const [notesA, notesB] = [await noteFiles(a), await noteFiles(b)];
  const differing = [
    ...[...notesB].filter(([file]) => !notesA.has(file)),
    ...[...notesA].filter(([file]) => !notesB.has(file)),
  ];
  const texts = differing.map(async ([file, path]) => readNotes(file, await readFile(path, 'utf8')));
  return (await Promise.all(texts)).flat();
}

function isKnown(minor: string | undefined): minor is string {
  return istioReleases.some(({ version }) => minorOf(version) === minor);
}

/** Paths of a release's notes by the names of their files. */
async function noteFiles(minor: string): Promise<Map<string, string>> {
  const module = await downloadedModule({ module: 'istio', folder: `istio-${minor}` }, 'istio.io/istio');
  const folder = join(module, 'releasenotes/notes');
  const files = existsSync(folder) ? await readdir(folder) : [];
  return new Map(files.filter((file) => file.endsWith('.yaml')).map((file) => [file, join(folder, file)]));
}
