/** The lab that specs run on, whoever starts them: what vitest's global setup found, and no cluster besides. */
import { inject } from 'vitest';

/** What a process needs to work on one cluster and on no other, by the names of the environment's variables. */
export interface LabEnvironment {
  /** A kubeconfig of the course's own, in the state folder. */
  readonly KUBECONFIG: string;
  readonly PATH: string;
  readonly KUBECACHEDIR: string;
  readonly NETWORK_POLICY_ENFORCED: 'yes' | 'no';
}

declare module 'vitest' {
  interface ProvidedContext {
    lab: LabEnvironment;
  }
}

/**
 * Points this process at the lab of the run, whatever its own environment names.
 *
 * @throws {Error} without one: a spec that was started past the project's configuration has no cluster
 */
export function useLabOfRun(): void {
  // Typed as if it were always there; past the configuration it is not.
  const lab = inject('lab') as LabEnvironment | undefined;
  if (lab === undefined)
    throw new Error('This spec was started without the lab of the project: make up, then npx vitest');
  Object.assign(process.env, lab);
}
