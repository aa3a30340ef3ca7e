/** The lines of a demo as a terminal shows them: what to say, what to ask, what is seen, and how the time goes. */
import { stripVTControlCharacters, styleText } from 'node:util';

import type { Beat } from '../curriculum/demo-card.ts';
import { clockTime } from '../draw/clock-time.ts';
import { redact } from '../record/redact.ts';
import type { GreenRun } from '../runs/last-green.ts';
import { changeInShort, inColumns } from './calls.ts';
import type { Failure } from './failure.ts';

/** Where the text begins, behind its label. */
const indent = 6;

/** A label and its text below it, broken into lines; the label stands before the first. */
export function labelled(label: string, text: string, width: number): string[] {
  return wrapped(text, Math.max(width - indent, 20)).map(
    (line, index) => `${styleText('bold', (index === 0 ? label : '').padEnd(indent))}${line}`,
  );
}

/** The line above a beat: which it is, what it is about, and what the clock shows; a long title has a line of its own. */
export function titleLines(
  { step, seconds }: Pick<Beat, 'step' | 'seconds'>,
  place: { readonly number: number; readonly of: number; readonly elapsedMs: number },
  width: number,
): string[] {
  const number = `── ${place.number} of ${place.of} `;
  const time = ` ${clockTime(place.elapsedMs)}  budget ${clockTime(seconds * 1000)}`;
  const fits = number.length + step.length + time.length + 5 <= width;
  const left = fits ? `${number} ${step} ` : number;
  const lines = [`${left}${'─'.repeat(Math.max(2, width - left.length - time.length))}${time}`];
  return [...lines, ...(fits ? [] : [seenLine(step)])].map((line) => styleText('bold', line));
}

/** What the presenter says and asks. */
export function sayLines({ say, ask }: Beat, width: number): string[] {
  return [
    ...say.flatMap(({ says }, index) => labelled(index === 0 ? 'SAY' : '', says, width)),
    ...labelled('ASK', ask, width),
  ];
}

/** What is for the presenter alone. */
export function noteLines({ note, answer }: Beat, width: number): string[] {
  return [...labelled('NOTE', note, width), ...labelled('', `What they may answer: ${answer}`, width)].map((line) =>
    styleText('yellow', line),
  );
}

/** The ids of a beat: those that it proves with their words, and others to go on with. */
export function showLines(
  {
    own,
    others,
  }: {
    readonly own: readonly { readonly id: string; readonly requires: string }[];
    readonly others: readonly string[];
  },
  width: number,
): string[] {
  return [
    ...own.flatMap(({ id, requires }, index) => labelled(index === 0 ? 'SHOW' : '', `${id}  ${requires}`, width)),
    ...(others.length === 0 ? [] : labelled('MORE', others.join(', '), width)),
  ];
}

/** A line below a beat's words: a call, a change, a finding. */
export function seenLine(line: string): string {
  return `${' '.repeat(indent)}${line}`;
}

/** What one step left in a run, in the order of its kind: changes, calls, findings; each once. */
export function recordedLines({ exercise }: GreenRun, step: string): string[] {
  const ofStep = <T extends { readonly step: string }>(all: readonly T[]) => all.filter((each) => each.step === step);
  return [
    ...new Set([
      ...ofStep(exercise.commands).flatMap(({ typed }) => changeLine(typed) ?? []),
      ...ofStep(exercise.observations).map(inColumns),
      ...ofStep(exercise.findings).map(({ claim }) => foundLine(claim)),
    ]),
  ].map(seenLine);
}

/** A command, if it changes something. */
export function changeLine(typed: string): string | undefined {
  const change = changeInShort(redact(typed));
  return change === undefined ? undefined : `${styleText('cyan', '$')} ${change}`;
}

/** Something found true. */
export function foundLine(sentence: string): string {
  return `${styleText('green', '✓')} ${redact(sentence)}`;
}

/** The first lines of what was counted or measured, below what it shows. */
export function figuresLines(figures: string, width: number): string[] {
  const room = Math.max(width - indent - 2, 40);
  const lines = redact(figures)
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.slice(0, 2).map((line) => seenLine(`  ${line.length > room ? `${line.slice(0, room - 1)}…` : line}`));
}

/** The two lines of a failure. */
export function failureLines({ expected, seen }: Failure, width: number): string[] {
  const room = Math.max(width - indent, 40);
  return [`!! expected: ${expected}`, `!! seen:     ${seen}`].map((line) =>
    seenLine(styleText(['bold', 'red'], line.length > room ? `${line.slice(0, room - 1)}…` : line)),
  );
}

/** When and on what a recording was made. */
export function recordedHead(run: Pick<GreenRun, 'facts' | 'commit'>): string {
  return seenLine(styleText(['bold', 'yellow'], `RECORDED ${runInWords(run)}`));
}

/** When and on what a run was made: `21 November 2026, k3s, Kubernetes v1.36.3, istiod 1.31, commit e5f115c`. */
export function runInWords({ facts, commit }: Pick<GreenRun, 'facts' | 'commit'>): string {
  const { Kubernetes, istiod } = facts.versions;
  const where = [
    dayOf(facts.startedAt),
    facts.provider,
    ...(Kubernetes === undefined ? [] : [`Kubernetes ${Kubernetes}`]),
    ...(istiod === undefined ? [] : [`istiod ${istiod}`]),
    ...(commit === '' ? [] : [`commit ${commit}`]),
  ];
  return where.filter((word) => word !== '').join(', ');
}

/** A day for people: `21 November 2026`. */
export function dayOf(iso: string): string {
  const words = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(iso).toLocaleDateString('en-GB', words);
}

/** Characters that are seen: colours take no room. */
function seenLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** A text in lines of so many characters; a word that is longer has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/ (?! )/)) {
    const last = lines.at(-1);
    if (last === undefined || seenLength(last) + 1 + seenLength(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
