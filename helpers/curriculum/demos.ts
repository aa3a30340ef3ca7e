/** The demos of the course: exercises that are presented to somebody, each by the demo.yaml beside its spec. */
import { existsSync } from 'node:fs';
import { glob, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { parse } from 'yaml';

import { provenIds } from '../record/card.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { UsageProblem } from '../system/errors.ts';
import { fixturesDir, specsDir } from '../system/paths.ts';
import { assertionsOf, type Curriculum } from './curriculum.ts';
import { type DemoCard, demoFaults, stepTitles } from './demo-card.ts';

/** A demo with the exercise that it presents. */
export interface Demo extends DemoCard {
  /** The spec file. */
  readonly file: string;
  /** Its identity: `04-identity-and-security/02-before-and-after/01-four-states`. */
  readonly path: string;
  /** Ids that its card proves. */
  readonly proves: readonly string[];
}

/**
 * Reads every demo below a folder.
 *
 * @throws with every fault found, when one fits neither its exercise nor the curriculum
 */
export async function readDemos(curriculum: Curriculum, specs = specsDir, fixtures = fixturesDir): Promise<Demo[]> {
  const files = (await Array.fromAsync(glob('*/*/demo.yaml', { cwd: specs }))).toSorted((a, b) => (a < b ? -1 : 1));
  const demos: Demo[] = [];
  const faults: string[] = [];
  for (const place of files) {
    const card = parse(await readFile(join(specs, place), 'utf8')) as DemoCard;
    const file = join(specs, dirname(place), card.spec ?? '');
    const inFile = (fault: string) => `specs/${place} ${fault}`;
    if (card.spec === undefined || !existsSync(file)) {
      faults.push(inFile(`spec: ${card.spec ?? 'nothing'} is no spec beside it`));
      continue;
    }
    const text = await readFile(file, 'utf8');
    const path = pathOfSpec(join(specsDir, dirname(place), card.spec));
    const folder = join(fixtures, path);
    const manifests = existsSync(folder) ? await readdir(folder) : [];
    const proves = provenIds(text);
    faults.push(...demoFaults(card, { steps: stepTitles(text), proves, manifests }, curriculum).map(inFile));
    if (demos.some(({ demo }) => demo === card.demo)) faults.push(inFile(`demo: ${card.demo} is another's name too`));
    demos.push({ ...card, file, path, proves });
  }
  if (faults.length > 0) throw new Error(`Demos have faults:\n${faults.join('\n')}`);
  return demos;
}

/** The demo of a name. @throws {UsageProblem} if there is none, with those that there are */
export function demoNamed(demos: readonly Demo[], name: string | undefined, target: string): Demo {
  const found = demos.find(({ demo }) => demo === name);
  if (found !== undefined) return found;
  const known = demos.map(({ demo }) => `DEMO=${demo}`).join(' or ');
  throw new UsageProblem(
    name === undefined || name === '' ? `${target} needs a demo` : `DEMO=${name} is no demo`,
    known === '' ? 'the course has none yet' : `make ${target} ${known}`,
  );
}

/** What ids of a beat say in the curriculum: those that its own exercise proves with their words, and the others. */
export function shownBy(
  show: readonly string[],
  { proves }: Pick<Demo, 'proves'>,
  curriculum: Pick<Curriculum, 'modules'>,
): { readonly own: readonly { readonly id: string; readonly requires: string }[]; readonly others: readonly string[] } {
  const assertions = assertionsOf(curriculum);
  const own = show.filter((id) => proves.includes(id));
  return {
    own: own.map((id) => ({ id, requires: assertions.find((each) => each.id === id)?.requires ?? '' })),
    others: show.filter((id) => !own.includes(id)),
  };
}
