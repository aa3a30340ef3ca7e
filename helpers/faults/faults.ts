/** What is broken on purpose while lessons run: each must then go red, or stay green for a good reason. */
import type { Fault } from './fault.ts';
import { clusterFaults } from './of-the-cluster.ts';
import { workloadFaults } from './of-workloads.ts';

export const faults: readonly Fault[] = [...workloadFaults, ...clusterFaults];
