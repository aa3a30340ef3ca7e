/** What stands behind sentences, and how it stands after a run, as a terminal shows it. */
import { styleText } from 'node:util';

import type { Standing } from '../curriculum/standing.ts';
import type { Backing, Statement } from '../curriculum/statement.ts';
import type { RecordedExercise } from '../record/record.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { inColumns } from './calls.ts';
import { dayOf, labelled, seenLine } from './demo-lines.ts';

/** How an id stands, in a word that is seen at once. */
const stateWords = {
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

/** A sentence with what stands behind it in short, each id with its mark. */
export function statementLines(
  label: string,
  { says, ...backing }: Statement,
  stands: (id: string) => Standing,
  width: number,
): string[] {
  return labelled(label, `${says} ${behind(backing, stands)}`, width);
}

/** What stands behind a sentence, in square brackets. */
export function behind(
  { provenBy = [], source, opinion = false, later = [], errata = [] }: Backing,
  stands: (id: string) => Standing,
): string {
  const all = [
    // A mark stays with its id.
    ...provenBy.map((id) => `${mark(stands(id))}\u00a0${id}`),
    ...(source === undefined ? [] : [`source ${source}`]),
    ...errata,
    ...(opinion ? ['opinion'] : []),
    ...(later.length === 0 ? [] : [`not taught yet: ${later.join(', ')}`]),
  ];
  return `[${all.join(', ')}]`;
}

/** Which run evidence is of: `the run of 21 November 2026, k3s, commit e5f115c`. */
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

/** How an id stands, in a word. */
export function stateWord({ state }: Pick<Standing, 'state'>): string {
  const [colour, word] = stateWords[state];
  return styleText(colour, word);
}

function mark({ state }: Standing): string {
  const [colour] = stateWords[state];
  return styleText(colour, state === 'proven' ? '✓' : state === 'skipped' || state === 'later' ? '–' : '✕');
}
