import { mkdir, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';

import { EnvironmentProblem } from '../system/errors.ts';
import { cacheDir } from '../system/paths.ts';
import type { ImageSource } from './choices.ts';

const gigabyte = 1e9;
/**
 * Free disk for a cold start, by where images come from. Assembled: Go's cache takes 6 GB, images and the node's store 5.
 * From a registry, estimated, for none could be reached: Go's cache for kubectl and istioctl 3 GB, images on one node and
 * in the engine 3.
 */
export const neededDiskBytes: Readonly<Record<ImageSource, number>> = {
  assembled: 15 * gigabyte,
  upstream: 8 * gigabyte,
};
/** Free memory for the largest Go link and, later, for a lab with its casts. */
export const neededMemoryBytes = 6 * gigabyte;

/** Free bytes where the cache lies, and of memory. */
export async function freeResources(): Promise<{ diskBytes: number; memoryBytes: number }> {
  await mkdir(cacheDir, { recursive: true });
  const { bavail, bsize } = await statfs(cacheDir);
  return { diskBytes: bavail * bsize, memoryBytes: freemem() };
}

/** @throws {EnvironmentProblem} with less free disk than that road needs, or less than 6 GB of free memory */
export async function checkResources(
  source: ImageSource,
  free?: { diskBytes: number; memoryBytes: number },
): Promise<void> {
  const { diskBytes, memoryBytes } = free ?? (await freeResources());
  if (diskBytes < neededDiskBytes[source]) {
    throw new EnvironmentProblem(
      `${gigabytes(diskBytes)} of disk are free where ${cacheDir} lies; ${gigabytes(neededDiskBytes[source])} are needed`,
      'free some, or set MESH_MASTERY_CACHE to a folder on a larger disk',
    );
  }
  if (memoryBytes < neededMemoryBytes) {
    throw new EnvironmentProblem(
      `${gigabytes(memoryBytes)} of memory are free; ${gigabytes(neededMemoryBytes)} are needed`,
      'close something, or take a larger machine',
    );
  }
}

/** E.g. `14.0 GB`. */
export function gigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}
