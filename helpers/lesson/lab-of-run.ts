/** The lab that specs run on, whoever starts them: what the run provides, and no cluster besides. */
import { inject } from 'vitest';

import { Cluster } from '../kube/cluster.ts';
import type { RunMode } from '../record/run-mode.ts';
import type { SharedClaims } from './shared-setup.ts';

/** A cluster of a run. */
export interface ProvidedCluster {
  /** Tells it from others, e.g. `west`; empty where there is only one. */
  readonly name: string;
  /** A kubeconfig of the course's own, in the state folder. */
  readonly kubeconfig: string;
}

/** What exercises must know of the lab that they run on. */
export interface ProvidedLab {
  /** The first is the one that an exercise means unless it names another. */
  readonly clusters: readonly ProvidedCluster[];
  /** PATH with kubectl and istioctl of the lab in front. */
  readonly path: string;
  /** Folder for what kubectl caches. */
  readonly kubectlCache: string;
  /** True if a policy that denies all was seen to stop a call that works. */
  readonly networkPolicyEnforced: boolean;
  /** False on a cluster that somebody else runs. */
  readonly ours: boolean;
  /** True if exercises may change what every namespace of the mesh sees. */
  readonly meshWide: boolean;
  /** True if a failed exercise is to be left as it is, so that someone can look around. */
  readonly pause: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    lab: ProvidedLab;
    mode: RunMode;
    /** Claims of this run that share the set-up of their exercise; none where each is to have its own. */
    sharedClaims: SharedClaims;
    /** True where somebody watches the run on a terminal. */
    watched: boolean;
    /** True where specs are read for their cards and none is run. */
    onlyCards: boolean;
  }
}

/**
 * Points this process at the lab of the run, whatever its own environment names.
 *
 * @throws {Error} without one: a spec that was started past the project's configuration has no cluster
 */
export function useLabOfRun(): { readonly lab: ProvidedLab; readonly clusters: readonly Cluster[] } {
  // Typed as if it were always there; past the configuration it is not.
  const lab = inject('lab') as ProvidedLab | undefined;
  const [first] = lab?.clusters ?? [];
  if (lab === undefined || first === undefined)
    throw new Error('This spec was started without the lab of the project: make up, then npx vitest');
  Object.assign(process.env, { KUBECONFIG: first.kubeconfig, PATH: lab.path, KUBECACHEDIR: lab.kubectlCache });
  return { lab, clusters: lab.clusters.map(({ name, kubeconfig }) => new Cluster(kubeconfig, name)) };
}

/** How this run runs its exercises. */
export function modeOfRun(): RunMode {
  // Typed as if it were always there; who starts vitest otherwise provides none.
  const mode: RunMode | undefined = inject('mode');
  return mode ?? { kind: 'normal' };
}

/** How many claims of this run share the set-up of an exercise. */
export function claimsThatShare(): SharedClaims {
  const provided: SharedClaims | undefined = inject('sharedClaims');
  return provided ?? {};
}
