import { type CapabilityName, dataPlaneOf } from '../record/capabilities.ts';

/** `nothing to break`: the lesson's workloads have nothing that the fault is about, so the lesson must not notice it. */
export type FaultState = 'not yet' | 'broken' | 'nothing to break';

/** Something that breaks at the moment when a lesson's first manifest is about to be applied. */
export interface Fault {
  /** Word by which it is chosen: `make faults FAULT=dns-down`. */
  readonly name: string;
  /** Completes the sentence "while the lesson ran, …". */
  readonly says: string;
  /** What it breaks: the lesson's own workloads, so that several lessons can be run at once, or the cluster for everybody. */
  readonly breaks: 'workloads' | 'cluster';
  /** @param namespaces of the lesson */
  readonly inject: (namespaces: readonly string[]) => Promise<void | 'nothing to break'>;
  /** Mends what the removal of the lesson's namespaces does not. */
  readonly restore?: () => Promise<void>;
  /**
   * What a lesson with these needs must do. `red`: it depends on what broke. `green`: it does not, and has to see that.
   * `either`: the fault passes by itself, so what is seen after it counts.
   */
  readonly demands: (needs: readonly CapabilityName[]) => 'red' | 'green' | 'either';
}

/** True if a lesson with these needs runs in the mesh. */
export const inMesh = (needs: readonly CapabilityName[]) => dataPlaneOf(needs) !== undefined;
