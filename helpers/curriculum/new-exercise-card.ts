import type { Curriculum } from './curriculum.ts';
import { needsCard } from './exercise-card.ts';

/**
 * The card of an exercise before anyone has filled it in, as the text of its exercise.yaml; undefined for a folder that
 * needs none, such as the drills of a module.
 *
 * @param path of a spec below specs/, without endings
 */
export function newExerciseCard(path: string, { modules }: Pick<Curriculum, 'modules'>): string | undefined {
  const [, module, exercise] = /^(\d+)-[^/]*\/(\d+)-/.exec(path) ?? [];
  const id = `m${Number(module)}.e${Number(exercise)}`;
  const known = modules.find(({ folder }) => path.startsWith(`${folder}/`));
  if (!needsCard(id) || known?.exercises.every((each) => each.id !== id) === true) return undefined;
  return `# What the report says of the exercise; the words are explained at the top of 01-foundation/01-basic-networking/exercise.yaml.
id: ${id}
challenge: ""
solution: ""
outcome:
  - says: ""
    provenBy: []
perspective:
  says: ""
  provenBy: []
`;
}
