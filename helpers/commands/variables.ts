/** What a person may say to the commands, besides the choices of a run, which `helpers/lab/choices.ts` has. */
import { metricsWanted, scopeOf, workloadOf } from '../discover/wishes.ts';
import { choiceNames } from '../lab/choices.ts';
import { UsageProblem } from '../system/errors.ts';
import { count, form, type Said, said, type Variables } from '../system/variables.ts';

const yesOrNo = ['yes', 'no'] as const;

/** By the variable that says it; `any` where what is named is looked for, and not finding it is said there. */
const variables = {
  /** How a lesson is shown: without it, a person at the terminal is asked. */
  PRESENT: ['auto'],
  DEMO: 'any',
  SCENARIO: 'any',
  /** Something of the curriculum. */
  ID: 'any',
  CUSTOMER: form(
    /^(?=.*[\p{L}\p{N}])[^\n]{1,80}$/u,
    'name of at most 80 letters',
    'make story ID=m2.e5 CUSTOMER="Acme Bank"',
  ),
  /** With `yes`, mutants of which an earlier run has an end are left out. */
  UNTRIED: yesOrNo,
  /** Folders of runs. */
  RUN: 'any',
  AGAINST: 'any',
  A: 'any',
  B: 'any',
  RESULTS: 'any',
  /** By how much two runs must differ, to be called different. */
  FACTOR: aboveOne,
  /** Folder of a refused call. */
  BUNDLE: 'any',
  /** Folder that is looked through for secrets. */
  REPORTS: 'any',
  INPUTS: 'any',
  PROFILE: 'any',
  /** Versions that the matrix is made of. */
  PAIRS: 'any',
  FRESH: yesOrNo,
  MATRIX: yesOrNo,
  FAULT: 'any',
  /** A cluster of the lab. */
  CLUSTER_NAME: ['west', 'east', 'edge'],
  NAMESPACE: form(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'name of a namespace', 'make mtls-strict NAMESPACE=shop'),
  NAMESPACES: scopeOf,
  METRICS: metricsWanted,
  WORKLOAD: workloadOf,
  PLAN: yesOrNo,
  NAMES: yesOrNo,
  FORGET: yesOrNo,
  /** Path of an exercise that is to be written. */
  EXERCISE: form(
    /^\d\d-[a-z-]+\/\d\d-[a-z-]+\/\d\d-[a-z0-9-]+$/,
    'path of an exercise',
    'make new EXERCISE=01-foundation/03-observability/01-names-no-caller',
  ),
  EXERCISES: count(10_000, 'make bench-report EXERCISES=200'),
  ROUNDS: count(1000, 'make bench-pair AGAINST=../before ROUNDS=3'),
  N: count(10_000, 'make soak N=20'),
  /** Whether the course text is typed beside the lessons. */
  TEXT: yesOrNo,
  SEED: form(/^[1-9]\d{0,9}$/, 'seed', 'take the number that an earlier drill has printed, or leave it out'),
  SURE: yesOrNo,
  REACH: ['patch', 'minor', 'major'],
  APPLY: yesOrNo,
} as const satisfies Variables;

/** A variable that a command may read. */
export type VariableName = keyof typeof variables;
/** Names of all of them. */
export const variableNames: readonly string[] = Object.keys(variables);

/**
 * What the environment says by some variables: `const { N } = given('N')`.
 *
 * @throws {UsageProblem} if one of them holds what it does not accept
 */
export function given<Name extends VariableName>(...names: readonly Name[]): Said<Name> {
  return said(variables, names, process.env);
}

/**
 * Refuses what was typed behind `make` and nothing reads: a misspelt ONLY would run the whole course.
 *
 * @param flags what make hands on to its commands, e.g. ` -- ONLY=m1.e4`
 */
export function refuseUnread(flags?: string): void {
  const unread = typedNames(flags).find(
    (name) => !(name in variables) && !choiceNames.includes(name) && !ofThisMachine.test(name),
  );
  if (unread === undefined) return;
  throw new UsageProblem(
    `no command of the course reads ${unread}`,
    `make help and README.md name the variables; what another program is to read stands before make: ${unread}=… make …`,
  );
}

/** Names of the variables that were typed behind `make`, out of what it hands on. */
export function typedNames(flags = ''): string[] {
  const typed = / ?-- (.*)$/s.exec(flags)?.[1] ?? '';
  return [...typed.matchAll(/(?:^|(?<!\\)\s)([A-Za-z_]\w*)=/g)].map(([, name = '']) => name);
}

/** What tells where things are on a machine. */
const ofThisMachine =
  /^(MESH_MASTERY_\w+|XDG_\w+|GO[A-Z]+|NODE_\w+|GITHUB_\w+|\w+_(proxy|PROXY)|(NO|FORCE)_COLOR|CI|DOCKER_HOST|HOME|KUBECONFIG|PATH|SHELL)$/;

function aboveOne(value: string, name: string): void {
  if (/^\d{1,6}(\.\d+)?$/.test(value) && Number(value) > 1) return;
  throw new UsageProblem(`${name}=${value} is no number above 1`, `make compare ${name}=3`);
}
