/** Prints which assertions of the curriculum the last run did not prove, and why. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { readCards } from '../curriculum/cards.ts';
import { coverage, summary, unknownClaims } from '../curriculum/coverage.ts';
import { readCurriculum } from '../curriculum/curriculum.ts';
import { readAssertionResults } from '../record/assertion-results.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { collectCards } from './collect-cards.ts';
import { command } from './command.ts';

await command(async () => {
  const results = join(reportsDir, 'allure-results');
  const assertionResults = existsSync(results) ? await readAssertionResults(results) : [];
  if (assertionResults.length === 0) throw new UsageProblem('there are no results to judge', 'type: make course');
  const curriculum = await readCurriculum();
  const specs = await collectCards();
  const claims = new Map<string, string[]>();
  for (const { path, card } of specs) for (const id of card.proves) claims.set(id, [...(claims.get(id) ?? []), path]);

  const assertionStatuses = coverage(curriculum, await readCards(curriculum), claims, assertionResults);
  for (const { id, state, reason } of assertionStatuses) {
    if (state !== 'proven') process.stdout.write(`${id.padEnd(14)}${state.padEnd(9)}${reason}\n`);
  }
  for (const { module } of curriculum.modules) process.stdout.write(`${summary(module, assertionStatuses)}\n`);

  const unknown = unknownClaims(curriculum, claims);
  if (unknown.length === 0) return 0;
  process.stderr.write(`cards name ids that specs/curriculum does not have:\n${unknown.join('\n')}\n`);
  return exitCodes.failed;
});
