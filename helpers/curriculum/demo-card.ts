import type { Curriculum } from './curriculum.ts';
import { demoShapeFaults } from './demo-fields.ts';
import { type Answer, backingFaults, type Statement, type Told, toldIn } from './statement.ts';

/** One step of an exercise as it is presented. */
export interface Beat {
  /** Title of the step. */
  readonly step: string;
  /** How long it may take, with all that is said. */
  readonly seconds: number;
  readonly say: readonly Statement[];
  /** What to ask the audience, and what to expect when they answer. */
  readonly ask: string;
  readonly answer: string;
  /** What the step does, in short: the commands that matter. */
  readonly run: string;
  /** Assertions of the curriculum to point at: those that the step proves, and others that lead on. */
  readonly show: readonly string[];
  /** What to keep in mind, for the presenter alone. */
  readonly note: string;
}

/** How an exercise is presented; read from the demo.yaml beside its spec. */
export interface DemoCard {
  /** What it is called by: `make demo-security`. */
  readonly demo: string;
  readonly title: string;
  /** File of the spec beside it that is presented. */
  readonly spec: string;
  /** Seconds that all of it may take. */
  readonly limit: number;
  /** Who is there before the first step. */
  readonly stage: string;
  readonly beats: readonly Beat[];
  /** Sentences that are wrong, each with the errata that say so. */
  readonly neverSay: readonly { readonly says: string; readonly errata: readonly string[] }[];
  /** What to do when a step fails. */
  readonly whenItFails: readonly string[];
  /** What is likely to be asked afterwards. */
  readonly questions: readonly (Answer & { readonly question: string })[];
}

/** The exercise that a demo presents, as far as the demo must fit it. */
export interface PresentedSpec {
  /** Titles of its steps, in their order. */
  readonly steps: readonly string[];
  /** Ids that its card proves. */
  readonly proves: readonly string[];
  /** Manifests of its fixture folder. */
  readonly manifests: readonly string[];
}

/** Nobody listens longer without a question. */
const longestDemo = 300;
/** Characters of a demo that fit a page of A4 beside what the curriculum says: one of 3,900 fills nine tenths of it. */
const fitPaper = 4_200;

/** Titles of the steps in the text of a spec, in their order; one that is put together at run time is not among them. */
export function stepTitles(spec: string): string[] {
  const steps = spec.matchAll(/\blesson\.step\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`$]*)`)/g);
  return Array.from(steps, ([, single, double, plain = '']) => (single ?? double ?? plain).replaceAll(/\\(.)/g, '$1'));
}

/** Every sentence of a demo that an audience may hear, and the ids that it is shown. */
export function toldByDemo({ beats, questions: asked }: Pick<DemoCard, 'beats' | 'questions'>): Told[] {
  return [
    ...beats.flatMap(({ say, show, step }, index) => [
      ...toldIn(`beats[${index}].say`, say),
      { field: `beats[${index}].show`, words: step, backing: { provenBy: show } },
    ]),
    ...asked.map((each, index) => ({ field: `questions[${index}]`, words: each.question, backing: each })),
  ];
}

/** What in a demo fits neither its exercise nor the curriculum, one line each with its field. */
export function demoFaults(card: DemoCard, spec: PresentedSpec, curriculum: Curriculum): string[] {
  const shape = demoShapeFaults(card);
  if (shape.length > 0) return shape;
  const wrong = card.neverSay.map((each, index) => ({
    field: `neverSay[${index}]`,
    words: each.says,
    backing: { errata: each.errata },
  }));
  return [
    ...stepFaults(card, spec),
    ...timeFaults(card),
    ...paperFaults(card),
    ...card.beats.flatMap(({ show, run }, index) => [
      ...(show.some((id) => spec.proves.includes(id))
        ? []
        : [`beats[${index}].show: has nothing that the spec proves`]),
      ...[...run.matchAll(/\b\d\d-[\w-]+\.yaml/g)].flatMap(([file]) =>
        spec.manifests.includes(file) ? [] : [`beats[${index}].run: ${file} is no manifest of the exercise`],
      ),
    ]),
    ...backingFaults([...toldByDemo(card), ...wrong], curriculum),
  ];
}

/** A beat for each step, by the same title, in the same order. */
function stepFaults({ beats }: DemoCard, { steps }: PresentedSpec): string[] {
  const most = Math.max(beats.length, steps.length);
  return Array.from({ length: most }, (_, index) => [beats[index]?.step, steps[index]] as const).flatMap(
    ([beat, step], index) => {
      if (beat === step) return [];
      if (step === undefined) return [`beats[${index}]: “${beat}” is no step of the spec`];
      if (beat === undefined) return [`beats: none is for the step “${step}”`];
      return [`beats[${index}].step: is “${beat}”, and the step of the spec is “${step}”`];
    },
  );
}

/** The script of a demo is printed on one page. */
function paperFaults({ stage, beats, neverSay, whenItFails, questions }: DemoCard): string[] {
  const printed = [
    stage,
    ...beats.flatMap(({ step, say, ask, answer, run }) => [step, ask, answer, run, ...say.map(({ says }) => says)]),
    ...neverSay.map(({ says }) => says),
    ...whenItFails,
    ...questions.flatMap(({ question, answer }) => [question, answer]),
  ].join('').length;
  return printed > fitPaper ? [`beats: with all else ${printed} characters are printed, ${fitPaper} fit a page`] : [];
}

function timeFaults({ limit, beats }: DemoCard): string[] {
  const sum = beats.reduce((total, { seconds }) => total + seconds, 0);
  return [
    ...(limit > longestDemo ? [`limit: is ${limit} seconds, ${longestDemo} are the most`] : []),
    ...(sum > limit ? [`beats: take ${sum} seconds, the limit is ${limit}`] : []),
  ];
}
