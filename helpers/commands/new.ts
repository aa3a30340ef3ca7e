/**
 * Scaffolds an exercise: a spec and two manifests of the same path, and the card of the exercise where it has none. All of
 * it fails until it is filled in.
 */
import { existsSync } from 'node:fs';
import { constants, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { newExerciseCard } from '../curriculum/new-exercise-card.ts';
import { UsageProblem } from '../system/errors.ts';
import { fixturesDir, projectRoot, specsDir } from '../system/paths.ts';
import { command } from './command.ts';
import { given } from './variables.ts';

/** What is copied: a spec that is checked as all code is, and its manifests. */
const templates = join(import.meta.dirname, 'new-exercise');

await command(async () => {
  const { EXERCISE: path } = given('EXERCISE');
  if (path === undefined) {
    const example = 'make new EXERCISE=01-foundation/03-observability/01-names-no-caller';
    throw new UsageProblem('new needs the path of an exercise', example);
  }
  const spec = join(specsDir, `${path}.spec.ts`);
  const there = [spec, join(fixturesDir, path)].find((each) => existsSync(each));
  if (there !== undefined) {
    throw new UsageProblem(`${relative(projectRoot, there)} exists already`, 'choose another number or name');
  }
  const namespace =
    path
      .split('/')
      .at(-1)
      ?.replace(/^\d\d-/, 'new-') ?? 'new';
  await mkdir(dirname(spec), { recursive: true });
  await mkdir(join(fixturesDir, path), { recursive: true });
  await copyFile(join(templates, 'claim.spec.ts'), spec, constants.COPYFILE_EXCL);
  const setup = await readFile(join(templates, '10-setup.yaml'), 'utf8');
  await writeFile(join(fixturesDir, path, '10-setup.yaml'), setup.replace('NAMESPACE', namespace));
  await copyFile(join(templates, '20-lesson.yaml'), join(fixturesDir, path, '20-lesson.yaml'));
  const card = join(dirname(spec), 'exercise.yaml');
  const text = newExerciseCard(path, await readCurriculum());
  const written = text !== undefined && !existsSync(card);
  if (written) await writeFile(card, text);
  const files = [`specs/${path}.spec.ts`, `fixtures/${path}/`, ...(written ? [relative(projectRoot, card)] : [])];
  process.stdout.write(`${files.join('\n')}\nnext: fill them in, then make course ONLY=${path}\n`);
  return 0;
});
