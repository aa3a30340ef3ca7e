import { UsageProblem } from '../system/errors.ts';
import { type Assertion, assertionsOf, type Curriculum, placesOfErratum } from './curriculum.ts';

const example = 'm1.e4.a2';

/**
 * The assertion that somebody has named.
 *
 * @param named an id, in any case
 * @param make what to type for an id: `make evidence ID=`
 * @throws {UsageProblem} if it is none, with what was probably meant
 */
export function assertionNamed(
  named: string,
  make: string,
  curriculum: Pick<Curriculum, 'modules' | 'errata'>,
): Assertion {
  const id = named.trim().toLowerCase();
  const assertions = assertionsOf(curriculum);
  const found = assertions.find((each) => each.id.toLowerCase() === id);
  if (found !== undefined) return found;
  if (id === '') throw new UsageProblem('the id of an assertion is missing', `${make}${example}`);
  const erratum = curriculum.errata.find((each) => each.id.toLowerCase() === id);
  if (erratum !== undefined) {
    const place = placesOfErratum(curriculum, erratum.id).find((each) => assertions.some((row) => row.id === each));
    throw new UsageProblem(
      `${erratum.id} is no assertion: it is something that is often told wrong`,
      place === undefined ? 'make errata lists what shows it' : `${make}${place}`,
    );
  }
  const exercises = curriculum.modules.flatMap((module) => module.exercises);
  const exercise = exercises.find((each) => id === each.id || id.startsWith(`${each.id}.`));
  if (exercise !== undefined) {
    const ids = exercise.assertions.map((row) => row.id);
    const what = id === exercise.id ? `${id} is a whole exercise` : `${named.trim()} is not in the curriculum`;
    throw new UsageProblem(`${what}; the ids of ${exercise.id} are ${ids.join(', ')}`, `${make}${ids[0] ?? example}`);
  }
  const names = curriculum.modules.map(({ module, title }) => `${module} ${title}`).join(', ');
  const module = curriculum.modules.find((each) => id === each.module || id.startsWith(`${each.module}.`));
  const where =
    module === undefined
      ? `its modules are ${names}`
      : `specs/curriculum/${module.module}.yaml has those of ${module.title}`;
  const first = module?.exercises[0]?.assertions[0]?.id ?? example;
  throw new UsageProblem(`${named.trim()} is no id of an assertion; ${where}`, `${make}${first}`);
}
