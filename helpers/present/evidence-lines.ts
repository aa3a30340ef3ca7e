/** The lines of what decides an assertion, as a terminal shows them. */
import { styleText } from 'node:util';

import type { AssertionStatus } from '../curriculum/coverage.ts';
import type { Assertion, KnownErratum } from '../curriculum/curriculum.ts';
import { type DecidingSteps, hasTitle } from '../curriculum/deciding-steps.ts';
import type { RecordedExercise } from '../record/record.ts';
import { redact } from '../record/redact.ts';
import { decidingWitnesses, type Witness } from '../record/witness.ts';
import type { Judged, Judgement } from '../runs/last-judged.ts';
import { labelled, runInWords } from './demo-lines.ts';

/** What is told of an assertion that exercises assert. */
export interface EvidenceOptions {
  readonly steps: DecidingSteps;
  /** Claims that it sets right. */
  readonly errata: readonly KnownErratum[];
  /** Address of an exercise's page; undefined where the report on disk is of another run. */
  readonly pageOf: (judgement: Judgement, exercise: RecordedExercise) => string | undefined;
  /** Characters to a line. */
  readonly width: number;
}

const states = {
  proven: ['green', 'PROVEN'],
  skipped: ['yellow', 'SKIPPED'],
  failed: ['red', 'NOT PROVEN'],
  open: ['red', 'NOT PROVEN'],
} as const;

const endings = {
  allowed: ['green', '✓ let through'],
  blocked: ['red', '✕ refused'],
  broken: ['yellow', '? broken'],
} as const;

/** Lines of output that are shown of one command. */
const shownLines = 6;

/**
 * How an assertion stands after the last run that had it, what decided it, and where to read on. Where it was not proven
 * then, what proved it before stands below, with its day.
 */
export function evidenceLines(assertion: Assertion, judged: Judged, options: EvidenceOptions): string[] {
  const { last, proven } = judged;
  if (last === undefined) return [];
  const { errata, width } = options;
  const earlier =
    proven === undefined || proven === last
      ? []
      : [
          '',
          styleText(['bold', 'yellow'], `BEFORE THAT, PROVEN  ${runInWords(proven.run)}`),
          ...seenLines(assertion, proven, options),
        ];
  return [
    ...headLines(assertion, last.status, width, last),
    ...(last === proven ? seenLines(assertion, last, options) : whereLines(last, options)),
    ...earlier,
    ...errata.flatMap(({ id, claim, truth }) => labelled('WRONG', `${id}: “${claim}” In truth: ${truth}`, width)),
    ...labelled('AGAIN', `make course ONLY=${assertion.id}`, width),
  ];
}

/** An assertion that follows from others: how it stands, and each that it rests on, with the run that judged that. */
export function restingLines(
  assertion: Assertion,
  status: AssertionStatus,
  cited: readonly { readonly id: string; readonly requires: string; readonly judged: Judged }[],
  width: number,
): string[] {
  return [
    ...headLines(assertion, status, width),
    ...labelled('RESTS', 'No exercise asserts it by itself. It holds when these are proven:', width),
    ...cited.map(({ id, requires, judged: { last } }) => {
      const [colour, word] = states[last?.status.state ?? 'open'];
      const state = styleText(colour, word.toLowerCase().padEnd(10));
      return inset(`${state} ${id.padEnd(12)} ${runShort(last).padEnd(19)} ${cut(requires, width - 52)}`);
    }),
    ...labelled('NEXT', `make evidence ID=${cited[0]?.id ?? assertion.id}`, width),
  ];
}

/** The day of a run, what it was of, and its part of the course: `2026-11-21 e5f115c only m1.e4`. */
function runShort(judgement: Judgement | undefined): string {
  if (judgement === undefined) return '';
  const { facts, commit, only } = judgement.run;
  return [facts.startedAt.slice(0, 10), commit, only === '' ? '' : `only ${only}`]
    .filter((word) => word !== '')
    .join(' ');
}

function headLines(
  { id, requires }: Assertion,
  { state, reason }: AssertionStatus,
  width: number,
  judgement?: Judgement,
): string[] {
  const [colour, word] = states[state];
  const where = judgement === undefined ? '' : `  ${runInWords(judgement.run)}`;
  return [
    `${styleText('bold', id)}  ${styleText(['bold', colour], word)}${where}`,
    ...labelled('CLAIM', requires, width),
    ...(reason === '' ? [] : labelled('WHY', redact(reason), width)),
  ];
}

/** What decided it, and by which exercise. */
function seenLines(assertion: Assertion, judgement: Judgement, options: EvidenceOptions): string[] {
  const { id, requires, kind } = assertion;
  const seen = judgement.exercises
    .filter(({ status }) => status === 'passed')
    .map((exercise) => ({ exercise, steps: stepsOf(exercise, options.steps.get(id)) }));
  const best = seen.find(({ steps }) => steps.length > 0) ?? seen[0];
  const deciding = best && decidingWitnesses(best.exercise, { requires, kind, steps: best.steps });
  if (best === undefined || deciding === undefined) return whereLines(judgement, options);
  const { shown, beside } = deciding;
  const [first = shown, second] = (beside === undefined ? [shown] : [shown, beside]).toSorted(
    (a, b) => a.place - b.place,
  );
  const others = best.exercise.card?.proves.filter((each) => each !== id) ?? [];
  const unnamed = best.steps.length === 0 && others.length > 0;
  return [
    ...witnessLines(second === undefined ? 'SEEN' : 'FIRST', first, options.width),
    ...(second === undefined ? [] : witnessLines('THEN', second, options.width)),
    '',
    ...whereLines(judgement, options),
    ...(unnamed
      ? labelled(
          'NOTE',
          `The same exercise proves ${others.join(', ')}, and no step of this run is known to be the one for ${id}. What is shown was chosen by its words; the page has everything.`,
          options.width,
        )
      : []),
  ];
}

/** Titles of steps of this run in which it is seen. */
function stepsOf({ commands, observations, findings }: RecordedExercise, titles: readonly string[] = []): string[] {
  const ran = new Set([...commands, ...observations, ...findings].map(({ step }) => step));
  return [...ran].filter((step) => titles.some((title) => hasTitle(title, step)));
}

/** The exercises that judged it, and where the report has them. */
function whereLines(judgement: Judgement, { pageOf, width }: EvidenceOptions): string[] {
  const pages = judgement.exercises.map((exercise) => pageOf(judgement, exercise));
  return [
    ...judgement.exercises.flatMap(({ claim }, index) => [
      ...labelled('BY', claim, width),
      ...(pages[index] === undefined ? [] : labelled('PAGE', pages[index], Infinity)),
    ]),
    ...(pages.includes(undefined) ? labelled('PAGE', 'The report on this disk is of another run.', width) : []),
  ];
}

function witnessLines(label: string, witness: Witness, width: number): string[] {
  const { step, words, ending, evidence, printed, command } = witness;
  // What was counted stands in no output as it is, so both are shown.
  const counted = command !== undefined && evidence !== undefined && !printed ? evidence.split('\n') : [];
  const output = evidence !== undefined && counted.length === 0 ? evidence.split('\n') : (command?.shown ?? []);
  return [
    '',
    ...labelled(label, step, width),
    ...(command === undefined ? [] : [inset(styleText('cyan', `$ ${firstLineOf(command.typed)}`))]),
    ...output.slice(0, shownLines).map((line) => inset(`  ${cut(redact(line), width - 8)}`)),
    ...counted.slice(0, shownLines).map((line) => inset(`  counted: ${cut(redact(line), width - 17)}`)),
    inset(ending === undefined ? `${styleText('green', '✓')} ${redact(words)}` : callLine(words, ending)),
  ];
}

function callLine(words: string, { verdict, signature }: NonNullable<Witness['ending']>): string {
  const [colour, word] = endings[verdict];
  return `${styleText(colour, word)}  ${redact(`${words}: ${signature}`)}`;
}

function inset(line: string): string {
  return `      ${line}`;
}

/** Of a script the first line: the page has all of it. */
function firstLineOf(typed: string): string {
  const [first = '', ...more] = redact(typed).split('\n');
  return more.length === 0 ? first : `${first} … (${more.length} more lines)`;
}

function cut(line: string, characters: number): string {
  const most = Math.max(characters, 40);
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}
