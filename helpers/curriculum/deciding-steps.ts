/** In which steps of their exercises assertions are seen, for those whose exercise proves several. */
import { glob, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { provenIds } from '../record/card.ts';
import { pathOfSpec } from '../record/exercise-path.ts';
import { projectRoot, specsDir } from '../system/paths.ts';

/** Titles of steps by the id of the assertion; `…` in a title stands for what is put in at run time. */
export type DecidingSteps = ReadonlyMap<string, readonly string[]>;

/** A spec as far as its steps are looked at. */
export interface SteppedSpec {
  readonly path: string;
  readonly proves: readonly string[];
  /** Titles of its steps, `…` where something is put in at run time. */
  readonly steps: readonly string[];
}

/** Reads specs/curriculum/deciding-steps.yaml. */
export async function readDecidingSteps(
  file = join(specsDir, 'curriculum', 'deciding-steps.yaml'),
): Promise<DecidingSteps> {
  const steps = parse(await readFile(file, 'utf8')) as Readonly<Record<string, string | readonly string[]>>;
  return new Map(Object.entries(steps).map(([id, titles]) => [id, typeof titles === 'string' ? [titles] : titles]));
}

/** Every spec of the course, as far as its steps are looked at. */
export async function readSteppedSpecs(): Promise<SteppedSpec[]> {
  const files = await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }));
  const shared = await readSharedWalks();
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(specsDir, file), 'utf8');
      const walks = shared.filter(({ name }) => text.includes(`new ${name}(`)).flatMap(({ steps }) => steps);
      return {
        path: pathOfSpec(join(specsDir, file)),
        proves: provenIds(text),
        steps: [...titlesInSpec(text), ...walks],
      };
    }),
  );
}

/** Classes that make steps for the specs that use them. */
async function readSharedWalks(): Promise<{ name: string; steps: readonly string[] }[]> {
  const folder = join(projectRoot, 'helpers', 'lesson');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) =>
    Array.from(text.matchAll(/^export class (\w+)/gm), ([, name = '']) => ({ name, steps: titlesInSpec(text) })),
  );
}

/** Titles of the steps in the text of a spec, in their order, `…` for what is put in at run time. */
export function titlesInSpec(spec: string): string[] {
  const steps = spec.matchAll(/\blesson\.step\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g);
  return Array.from(steps, ([, single, double, template = '']) =>
    (single ?? double ?? template.replaceAll(/\$\{[^}]*\}/g, '…')).replaceAll(/\\(.)/g, '$1'),
  );
}

/** True if a step that ran has such a title. */
export function hasTitle(title: string, step: string): boolean {
  const literal = title.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('.*')}$`).test(step);
}

/** What does not fit the specs, one line each: ids that none proves, titles that none of those who prove it has. */
export function decidingStepsFaults(steps: DecidingSteps, specs: readonly SteppedSpec[]): string[] {
  return [...steps].flatMap(([id, titles]) => {
    const proving = specs.filter(({ proves }) => proves.includes(id));
    if (proving.length === 0) return [`${id}: no spec proves it`];
    const known = new Set(proving.flatMap((spec) => spec.steps));
    return titles
      .filter((title) => !known.has(title))
      .map((title) => `${id}: “${title}” is no step of ${proving.map(({ path }) => path).join(' or ')}`);
  });
}
