import { mkdir, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';

import { goRecipes } from '../../kind/catalogue.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { cacheDir } from '../system/paths.ts';
import { areBuilt } from './assemble/go-programs.ts';
import type { ImageSource } from './choices.ts';

const gigabyte = 1e9;
/**
 * Free disk that a start may need. Where Go has to compile: 24 GB, for its caches of 19 GB, which go when all is compiled,
 * the programs, Debian and the first images. Where the programs are there: a node's image twice, and its running lab.
 * From a registry, estimated, for none could be reached: Go's cache for kubectl and istioctl 3 GB, images on one node and
 * in the engine 3.
 */
const diskBytes = { compile: 24 * gigabyte, assemble: 8 * gigabyte, pull: 8 * gigabyte };
/** Free memory for the largest Go link and, later, for a lab with its casts. */
export const neededMemoryBytes = 6 * gigabyte;

/** Free disk, in bytes, that a start from such images may need on this machine. */
export async function neededDiskBytes(source: ImageSource): Promise<number> {
  if (source === 'upstream') return diskBytes.pull;
  return (await areBuilt(goRecipes)) ? diskBytes.assemble : diskBytes.compile;
}

/** Free bytes where the cache lies, and of memory. */
export async function freeResources(): Promise<{ diskBytes: number; memoryBytes: number }> {
  await mkdir(cacheDir, { recursive: true });
  const { bavail, bsize } = await statfs(cacheDir);
  return { diskBytes: bavail * bsize, memoryBytes: freemem() };
}

/** @throws {EnvironmentProblem} with less free disk than that road needs, or less than 6 GB of free memory */
export async function checkResources(source: ImageSource): Promise<void> {
  const [needed, free] = await Promise.all([neededDiskBytes(source), freeResources()]);
  checkFree(needed, free);
}

/** @throws {EnvironmentProblem} with less free disk than is needed, or too little free memory */
export function checkFree(neededBytes: number, free: { diskBytes: number; memoryBytes: number }): void {
  if (free.diskBytes < neededBytes) {
    throw new EnvironmentProblem(
      `${gigabytes(free.diskBytes)} of disk are free where ${cacheDir} lies; ${gigabytes(neededBytes)} are needed`,
      'free some, or set MESH_MASTERY_CACHE to a folder on a larger disk',
    );
  }
  if (free.memoryBytes < neededMemoryBytes) {
    throw new EnvironmentProblem(
      `${gigabytes(free.memoryBytes)} of memory are free; ${gigabytes(neededMemoryBytes)} are needed`,
      'close something, or take a larger machine',
    );
  }
}

/** E.g. `14.0 GB`. */
export function gigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}
