/** How the exercises of a run are run. */
export type RunMode =
  /** As the course has them. */
  | { readonly kind: 'normal' }
  /** Without their lesson manifests: each must go red for the right reason. */
  | { readonly kind: 'without-manifest' }
  /** While something else is broken, by its name in `helpers/faults/`. */
  | { readonly kind: 'fault'; readonly fault: string }
  /** Each once with each chosen mutant of its manifests: by the exercise's path, which of them, counted from 0. */
  | { readonly kind: 'mutant'; readonly chosen: Readonly<Record<string, readonly number[]>> };

/** How often a run plays an exercise, by its path. */
export function playsOf(mode: RunMode, path: string): number {
  return mode.kind === 'mutant' ? (mode.chosen[path]?.length ?? 0) : 1;
}

/** How often a run plays the exercise that it plays most often. */
export function mostPlays(mode: RunMode): number {
  return mode.kind === 'mutant' ? Math.max(1, ...Object.values(mode.chosen).map(({ length }) => length)) : 1;
}
