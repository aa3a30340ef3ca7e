import { relative } from 'node:path';

import { createVitest } from 'vitest/node';

import type { Card } from '../record/card.ts';
import { specKinds } from '../record/spec-kinds.ts';
import { specsDir } from '../system/paths.ts';

/** A spec's card, read without running it. */
export interface CollectedCard {
  /** Path of the spec under specs/. */
  readonly path: string;
  readonly claim: string;
  readonly card: Card;
}

/**
 * Reads the card of every spec, in the order of their paths.
 *
 * @throws if a spec cannot be read, because its card would silently be missing
 */
export async function collectCards(): Promise<CollectedCard[]> {
  const project = specKinds.map((kind) => kind.project);
  const vitest = await createVitest('test', { watch: false, project, reporters: [] });
  // No lab is looked for: nothing is run.
  vitest.provide('onlyCards', true);
  const { testModules, unhandledErrors } = await vitest.collect([], { staticParse: false });
  const broken = testModules.filter((module) => module.errors().length > 0).map(({ moduleId }) => moduleId);
  const cards = testModules.flatMap((module) =>
    [...module.children.allTests()].flatMap((test) => {
      const { card } = test.meta();
      return card === undefined ? [] : [{ path: relative(specsDir, module.moduleId), claim: test.name, card }];
    }),
  );
  await vitest.close();
  if (unhandledErrors.length > 0 || broken.length > 0)
    throw new Error(`Specs cannot be read: ${broken.join(', ')} ${unhandledErrors.map(String).join('; ')}`);
  return cards.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
