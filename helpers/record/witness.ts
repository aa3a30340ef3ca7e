/** What of an exercise decides an assertion: calls and findings, each with the command that showed it. */
import type { Finding, Observation, RanCommand, Verdict } from './observation.ts';
import type { RecordedExercise } from './record.ts';

/** Something that was seen. */
export interface Witness {
  /** Title of the step in which it was seen. */
  readonly step: string;
  /** The call, or what was found true: `attacker → backend, GET /`. */
  readonly words: string;
  /** Of a call: how it ended, e.g. `no answer (curl 28)`. */
  readonly ending?: { readonly verdict: Verdict; readonly signature: string };
  /** Of a finding: the lines that show it. */
  readonly evidence?: string;
  /** True where a command printed the evidence as it is; false where it was counted from what commands printed. */
  readonly printed: boolean;
  /** The command; undefined where the record does not say which it was. */
  readonly command?: RanCommand;
  /** Its place among what was seen. */
  readonly place: number;
}

/** What decides an assertion. */
export interface Deciding {
  /** What shows it. */
  readonly shown: Witness;
  /** What it is to be compared with: the same look at another time, or what was let through; undefined where nothing is. */
  readonly beside?: Witness;
}

/** What is looked for. */
export interface Wanted {
  /** What must be seen, in the words of the curriculum. */
  readonly requires: string;
  /** Kinds of the assertion, e.g. `negative`. */
  readonly kind: readonly string[];
  /** Titles of the steps in which it is seen; without any, all steps are looked at. */
  readonly steps?: readonly string[];
}

type Told = Pick<RecordedExercise, 'observations' | 'findings' | 'commands'>;

const setup = 'Setup';

/** Everything that an exercise has seen, in its order. */
export function witnesses(exercise: Told): Witness[] {
  const { observations, findings } = exercise;
  const calls = observations.map((each) => callWitness(each, exercise));
  const found = findings
    .filter(({ superseded }) => superseded !== true)
    .map((each, index) => findingWitness(each, index, exercise));
  const inOrder = [...calls, ...found].toSorted((a, b) => a.place - b.place);
  return inOrder.map((witness, place) => Object.assign(witness, { place }));
}

/**
 * What decides an assertion: of what was seen in its steps that which has most of its words, and beside it the same call or
 * command with another result, or a call that was let through. Undefined where nothing was seen.
 */
export function decidingWitnesses(exercise: Told, wanted: Wanted): Deciding | undefined {
  const all = witnesses(exercise);
  const named = all.filter(({ step }) => wanted.steps?.includes(step));
  const looked = named.length > 0 ? named : all.filter(({ step }) => step !== setup);
  const ranked = looked
    .map((witness) => ({ witness, score: scoreOf(witness, wanted, named.length === 0) }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ witness }) => witness);
  const [shown, next] = ranked;
  if (shown === undefined) return undefined;
  const beside = counterpart(shown, all) ?? ranked.find(({ step }) => step !== shown.step) ?? next;
  return beside === undefined ? { shown } : { shown, beside };
}

function callWitness(observation: Observation, { commands }: Told): Witness {
  const { step, verdict, signature, command = -1 } = observation;
  const ran = commands[command];
  const ending = { verdict, signature };
  const words = wordsOfCall(observation);
  return { step, words, ending, printed: true, ...(ran === undefined ? {} : { command: ran }), place: command };
}

function wordsOfCall({ caller, cluster, target, request }: Observation): string {
  return `${cluster === '' ? '' : `${cluster}: `}${caller} → ${target}, ${request}`;
}

function findingWitness(finding: Finding, index: number, { commands }: Told): Witness {
  const { step, claim, evidence } = finding;
  const place = finding.command ?? printerOf(finding, commands);
  const command = place === undefined ? undefined : commands[place];
  return {
    step,
    words: claim,
    evidence,
    printed: finding.printed ?? place !== undefined,
    ...(command === undefined ? {} : { command }),
    // Behind the call of the same command, and in the order in which they were found.
    place: (place ?? commands.findLastIndex((each) => each.step === step)) + (index + 1) / 10_000,
  };
}

/** In a record that does not say it: the last command of the step whose shown lines have all of the evidence. */
function printerOf({ step, evidence }: Finding, commands: readonly RanCommand[]): number | undefined {
  const lines = evidence.split('\n').map((line) => line.trim());
  const place = commands.findLastIndex(
    ({ step: own, shown = [] }) =>
      own === step && lines.every((line) => line !== '' && shown.some((each) => each.includes(line))),
  );
  return place === -1 ? undefined : place;
}

/** What a witness is to be compared with. */
function counterpart(shown: Witness, all: readonly Witness[]): Witness | undefined {
  const others = all.filter((each) => each !== shown);
  const same = others.filter((each) => isSameLook(each, shown) && !isSameResult(each, shown));
  const [before, after] = [
    same.findLast(({ place }) => place < shown.place),
    same.find(({ place }) => place > shown.place),
  ];
  if (before !== undefined || after !== undefined) return before ?? after;
  if (shown.ending?.verdict !== 'blocked') return undefined;
  const letThrough = others.filter(({ ending }) => ending?.verdict === 'allowed');
  return letThrough.find(({ step }) => step === shown.step) ?? letThrough.findLast(({ place }) => place < shown.place);
}

/** The same call, or the same command, in another step. */
function isSameLook(a: Witness, b: Witness): boolean {
  if (a.step === b.step || (a.ending === undefined) !== (b.ending === undefined)) return false;
  if (a.command !== undefined && b.command !== undefined) return a.command.typed === b.command.typed;
  return a.ending !== undefined && b.ending !== undefined && a.words === b.words;
}

function isSameResult(a: Witness, b: Witness): boolean {
  return a.ending?.signature === b.ending?.signature && a.evidence === b.evidence;
}

/** How much of what is wanted a witness has. */
function scoreOf(
  { step, words, ending, evidence = '' }: Witness,
  { requires, kind }: Wanted,
  bySteps: boolean,
): number {
  const wanted = stems(requires);
  const told = stems([words, ending?.signature ?? '', ...(bySteps ? [step] : [])].join(' '));
  const shared = [...wanted].filter((stem) => told.has(stem)).length;
  const refused = kind.includes('negative') && ending?.verdict === 'blocked' ? 2 : 0;
  const measured = kind.includes('measured') && words.startsWith('measured: ') ? 2 : 0;
  const shows = evidence === '' ? 0 : 0.1;
  return shared + refused + measured + shows;
}

/** Beginnings of the words that mean something, so that `refuses` meets `refused`. */
function stems(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[a-z0-9]{3,}/g) ?? []).map((word) => word.slice(0, 5)).filter(isTelling));
}

const common = new Set(
  'the and that with from its has are for not one all who was were when what which still ever every they their only than then them this there'.split(
    ' ',
  ),
);

function isTelling(stem: string): boolean {
  return !common.has(stem);
}
