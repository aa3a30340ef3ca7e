import { statfs } from 'node:fs/promises';

import { EnvironmentProblem } from '../system/errors.ts';
import { usesStandIns } from './choices.ts';
import type { ImageSource } from './choices.ts';
import type { Topology } from './topology.ts';

/** Type of the file system of version 2. https://man7.org/linux/man-pages/man2/statfs.2.html */
const cgroup2SuperMagic = 0x63_67_72_70;

/** The version of control groups by which this machine limits its containers; undefined where there are none, as on macOS. */
export async function cgroupVersion(): Promise<1 | 2 | undefined> {
  try {
    return (await statfs('/sys/fs/cgroup')).type === cgroup2SuperMagic ? 2 : 1;
  } catch {
    return undefined;
  }
}

/**
 * Kubernetes' kubelet takes version 1 if it is told to, as k3s and assembled nodes are; kind's own nodes dropped it.
 *
 * @throws {EnvironmentProblem} on a machine of version 1 where kind's own nodes are wanted
 */
export function checkCgroups(
  version: 1 | 2 | undefined,
  imageSource: ImageSource,
  provider: Topology['provider'],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  if (version !== 1 || provider !== 'kind' || usesStandIns(imageSource, environment)) return;
  throw new EnvironmentProblem(
    "this machine has version 1 of cgroups, which kind's own nodes no longer start on",
    'use CLUSTER=k3s, or IMAGES=assembled, or start the machine with systemd.unified_cgroup_hierarchy=1',
  );
}
