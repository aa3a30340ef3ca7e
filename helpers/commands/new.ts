/**
 * Scaffolds an exercise: a spec and two manifests of the same path, and the card of the exercise where it has none. All of
 * it fails until it is filled in.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { newExerciseCard } from '../curriculum/new-exercise-card.ts';
import { UsageProblem } from '../system/errors.ts';
import { fixturesDir, projectRoot, specsDir } from '../system/paths.ts';
import { command } from './command.ts';

const specText = `import { answered, exercise } from '../../../helpers/index.ts';

exercise(
  'Kind verb object',
  {
    persona: 'Sarah Martinez',
    question: '',
    proof: '',
    takeaway: '',
    needs: ['k8s'],
    proves: [],
    readMore: '',
  },
  async ({ lesson }) => {
    await cluster.deploy('10-setup.yaml');
    const call = cluster.client('pod/caller').curl('http://backend/');

    await lesson.step('Before: …', async () => {
      await call.settlesOn(answered(200));
    });

    await lesson.step('The change in plain words', async () => {
      await cluster.change('20-lesson.yaml');
    });

    await lesson.step('After: …', async () => {
      throw new Error('say what is different now');
    });
  },
);
`;

await command(async () => {
  const path = process.env['EXERCISE'] ?? '';
  if (!/^\d\d-[a-z-]+\/\d\d-[a-z-]+\/\d\d-[a-z0-9-]+$/.test(path)) {
    throw new UsageProblem(
      `EXERCISE=${path} is no path of an exercise`,
      'type e.g.: make new EXERCISE=01-foundation/03-observability/01-names-no-caller',
    );
  }
  const spec = join(specsDir, `${path}.spec.ts`);
  if (existsSync(spec)) throw new UsageProblem(`specs/${path}.spec.ts exists already`, 'choose another number or name');
  const namespace =
    path
      .split('/')
      .at(-1)
      ?.replace(/^\d\d-/, 'new-') ?? 'new';
  await mkdir(dirname(spec), { recursive: true });
  await mkdir(join(fixturesDir, path), { recursive: true });
  await writeFile(spec, specText);
  await writeFile(
    join(fixturesDir, path, '10-setup.yaml'),
    `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: ${namespace}\n  labels: { mesh-mastery.dev/exercise: todo }\n`,
  );
  await writeFile(join(fixturesDir, path, '20-lesson.yaml'), '# The one thing that changes.\n');
  const card = join(dirname(spec), 'exercise.yaml');
  const text = newExerciseCard(path, await readCurriculum());
  const written = text !== undefined && !existsSync(card);
  if (written) await writeFile(card, text);
  const files = [`specs/${path}.spec.ts`, `fixtures/${path}/`, ...(written ? [relative(projectRoot, card)] : [])];
  process.stdout.write(`${files.join('\n')}\nnext: fill them in, then make course ONLY=${path}\n`);
  return 0;
});
