/** A container registry for this machine alone, and the program that fills it. */
import type { GoRecipe } from './catalogue.ts';

/** https://github.com/google/go-containerregistry/blob/main/cmd/crane/README.md */
export const craneRecipe = { module: 'crane', programs: ['crane'] } as const satisfies GoRecipe;
