import { mkdir, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';

import { cacheDir } from '../places.ts';
import { EnvironmentProblem } from '../problem.ts';

const gigabyte = 1e9;
/** Free disk for a cold build: Go's cache takes 6 GB, images and the node's store 5 GB. */
export const neededDiskBytes = 15 * gigabyte;
/** Free memory for the largest Go link and, later, for a lab with its casts. */
export const neededMemoryBytes = 6 * gigabyte;

/** Free bytes where the cache lies, and of memory. */
export async function freeResources(): Promise<{ diskBytes: number; memoryBytes: number }> {
  await mkdir(cacheDir, { recursive: true });
  const { bavail, bsize } = await statfs(cacheDir);
  return { diskBytes: bavail * bsize, memoryBytes: freemem() };
}

/** @throws {EnvironmentProblem} with less than 15 GB of free disk or 6 GB of free memory */
export async function checkResources(free?: { diskBytes: number; memoryBytes: number }): Promise<void> {
  const { diskBytes, memoryBytes } = free ?? (await freeResources());
  const gb = (bytes: number) => `${(bytes / gigabyte).toFixed(1)} GB`;
  if (diskBytes < neededDiskBytes) {
    throw new EnvironmentProblem(
      `${gb(diskBytes)} of disk are free where ${cacheDir} lies; 15 GB are needed`,
      'free some, or set MESH_MASTERY_CACHE to a folder on a larger disk',
    );
  }
  if (memoryBytes < neededMemoryBytes) {
    throw new EnvironmentProblem(
      `${gb(memoryBytes)} of memory are free; 6 GB are needed`,
      'close something, or take a larger machine',
    );
  }
}
