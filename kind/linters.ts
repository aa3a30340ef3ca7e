/** What judges the project's own files and comes from no npm package. */
import type { GoRecipe } from './catalogue.ts';

/** Checks workflows of GitHub: syntax, expressions, inputs of actions, shell. https://github.com/rhysd/actionlint */
export const actionlintRecipe = { module: 'actionlint', programs: ['actionlint'] } as const satisfies GoRecipe;

/**
 * Tells which known vulnerabilities a program holds. https://pkg.go.dev/golang.org/x/vuln; newer ones need a version of
 * golang.org/x/telemetry that not every module proxy serves.
 */
export const govulncheckRecipe = { module: 'govulncheck', programs: ['govulncheck'] } as const satisfies GoRecipe;
