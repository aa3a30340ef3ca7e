/** The lines of a role-play as a terminal shows them. */
import { styleText } from 'node:util';

import type { Standing } from '../curriculum/standing.ts';
import type { Backing, Statement } from '../curriculum/statement.ts';
import type { RecordedExercise } from '../record/record.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { inColumns } from './calls.ts';
import { dayOf, labelled, seenLine } from './demo-lines.ts';
import type { Bearing, Stands } from './role-play-score.ts';

/** How an id stands, in a word that is seen at once. */
export const stateWords = {
  proven: ['green', 'PROVEN'],
  skipped: ['yellow', 'NOT PROVEN, skipped'],
  failed: ['red', 'NOT PROVEN, failed'],
  open: ['red', 'NOT PROVEN in this run'],
  later: ['yellow', 'NOT TAUGHT YET'],
  unknown: ['red', 'NOT KNOWN'],
} as const;

/** How many calls of an exercise are shown with an id that is called up. */
const callsShown = 6;
/** How many ids a search shows. */
const idsShown = 12;

/** What a player may type while the customer waits. */
export function helpLines(width: number): string[] {
  return [
    ...labelled('TYPE', 'your answer in a sentence or two, with the ids of the results that you lean on', width),
    ...labelled('', 'evidence m1.e4.a2 to look at a result, evidence m1.e4 or evidence label to find one', width),
    ...labelled('', 'h for a hint, p to pass, q or Ctrl-C to end it here', width),
  ];
}

/** An id that was called up: how it stands, in which words, and what the exercise that decided saw. */
export function evidenceLines(standing: Standing, exercise: RecordedExercise | undefined, width: number): string[] {
  const { id, requires, reason, by } = standing;
  const head = `${stateWord(standing)}${reason === '' ? '' : `: ${reason}`}`;
  const calls = [...new Set((exercise?.observations ?? []).map(inColumns))];
  return [
    seenLine(`${styleText('bold', id)}  ${head}`),
    ...(requires === '' ? [] : labelled('', requires, width)),
    ...(by === undefined ? [] : labelled('', `by “${by.claim}”`, width).map((line) => styleText('gray', line))),
    ...calls.slice(0, callsShown).map((call) => seenLine(`  ${call}`)),
    ...(calls.length > callsShown ? [seenLine(styleText('gray', `  … ${calls.length - callsShown} more`))] : []),
  ];
}

/** Ids that a search found, a line each. */
export function foundLines(found: readonly Standing[], width: number): string[] {
  if (found.length === 0) return [seenLine('nothing in the curriculum has these words; try one of them')];
  return [
    ...found
      .slice(0, idsShown)
      .flatMap((each) => labelled('', `${mark(each)}\u00a0${each.id}  ${each.requires}`, width)),
    ...(found.length > idsShown ? [seenLine(styleText('gray', `… ${found.length - idsShown} more; add a word`))] : []),
  ];
}

const bearings: Readonly<Record<Exclude<Bearing, 'nothing'>, string>> = {
  bears: 'and it bears on this',
  beside: 'and it is not the answer: it belongs to what is right about the objection, or to the limits',
  elsewhere: 'and does not bear on this',
};

/** What naming an id came to. */
export function bearingLines(standing: Standing, bearing: Bearing, width: number): string[] {
  const { id, reason, state } = standing;
  const why = reason === '' || state === 'later' ? '' : `, ${reason}`;
  const what = bearing === 'nothing' ? `${why}. Nothing can be won with it` : `, ${bearings[bearing]}`;
  return labelled('', `${styleText('bold', id)}  ${stateWord(standing)}${what}.`, width);
}

/** A sentence with what stands behind it in short, each id with its mark. */
export function statementLines(
  label: string,
  { says, ...backing }: Statement,
  stands: Stands,
  width: number,
): string[] {
  return labelled(label, `${says} ${behind(backing, stands)}`, width);
}

/** What stands behind a sentence, in square brackets. */
export function behind(
  { provenBy = [], source, opinion = false, later = [], errata = [] }: Backing,
  stands: Stands,
): string {
  const parts = [
    // A mark stays with its id.
    ...provenBy.map((id) => `${mark(stands(id))}\u00a0${id}`),
    ...(source === undefined ? [] : [`source ${source}`]),
    ...errata,
    ...(opinion ? ['opinion'] : []),
    ...(later.length === 0 ? [] : [`not taught yet: ${later.join(', ')}`]),
  ];
  return `[${parts.join(', ')}]`;
}

/** Which run the evidence is of. */
export function runWords({ facts, commit, only }: RunRecord): string {
  const { istiod } = facts.versions;
  return [
    `the run of ${dayOf(facts.startedAt)}`,
    facts.provider,
    ...(istiod === undefined ? [] : [`istiod ${istiod}`]),
    ...(commit === '' ? [] : [`commit ${commit}`]),
    ...(only === '' ? [] : [`only ${only}`]),
  ]
    .filter((word) => word !== '')
    .join(', ');
}

function stateWord({ state }: Standing): string {
  const [colour, word] = stateWords[state];
  return styleText(colour, word);
}

function mark({ state }: Standing): string {
  const [colour] = stateWords[state];
  return styleText(colour, state === 'proven' ? '✓' : state === 'skipped' || state === 'later' ? '–' : '✕');
}
