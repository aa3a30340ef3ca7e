/** kind's own program. The image of its nodes stands in the catalogue. */
import type { GoRecipe } from './catalogue.ts';

export const kindRecipe = { module: 'kind', programs: ['kind'] } as const satisfies GoRecipe;
