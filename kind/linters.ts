/** What judges the project's own files and comes from no npm package. */
import type { GoRecipe } from './catalogue.ts';

/** Checks workflows of GitHub: syntax, expressions, inputs of actions, shell. https://github.com/rhysd/actionlint */
export const actionlintRecipe = { module: 'actionlint', programs: ['actionlint'] } as const satisfies GoRecipe;
