/** What is broken on purpose while lessons run: each must then go red, or stay green for a good reason. */
import type { Fault } from './fault.ts';
import { castFaults } from './of-the-cast.ts';
import { clusterFaults } from './of-the-cluster.ts';

export const faults: readonly Fault[] = [...castFaults, ...clusterFaults];
