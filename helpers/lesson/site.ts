import type { Cluster } from '../kube/cluster.ts';
import type { Recorder } from '../record/recorder.ts';
import type { Changes } from './changes.ts';

/** What an exercise works with on its cluster. */
export interface Site {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly changes: Changes;
  /** Fixture folder of the claim. */
  readonly folder: string;
}
