import { styleText } from 'node:util';

import type { Told } from '../record/audience.ts';
import { redact } from '../record/redact.ts';
import { digest } from '../record/transcript.ts';
import { inWords } from './calls.ts';
import type { followKeys, WishOf } from './keys.ts';

/** Where an exercise is shown, and who says when it goes on. */
export interface StageOptions {
  /** Writes a line. */
  readonly say: (line: string) => void;
  /** Asks a person; undefined where nobody is there, and the exercise goes on by itself. */
  readonly wish: (() => Promise<WishOf<typeof followKeys>>) | undefined;
}

/** Shows an exercise on a terminal, one command at a time: what is asked, the command, its real output, what it means. */
export class Stage {
  readonly #say: (line: string) => void;
  #wish: StageOptions['wish'];
  /** Commands that ran, in their order. */
  commands = 0;

  constructor({ say, wish }: StageOptions) {
    this.#say = say;
    this.#wish = wish;
  }

  /** Shows a line of an exercise. @returns false where it ends: the person wants it to, or a step failed */
  async show(told: Told): Promise<boolean> {
    if (told.kind === 'before') return this.#announce(told.typed, told.expected, told.goesOn);
    if (told.kind === 'step') this.#say(`\n${styleText('bold', `── ${told.title} ──`)}`);
    if (told.kind === 'called') this.#found(inWords(told.call), '');
    if (told.kind === 'found') this.#found(told.sentence, told.evidence || told.figures);
    if (told.kind === 'after') this.#output(told);
    // What failed ends the walk-through: the next commands rest on it.
    return told.kind !== 'failed';
  }

  #output({ stdout, stderr, exitCode }: Extract<Told, { kind: 'after' }>): void {
    const transcript = { stdout, stderr, exitCode, command: '', durationMs: 0 };
    for (const line of digest(transcript, shownOnStage)) this.#say(`    ${redact(line)}`);
  }

  #found(sentence: string, evidence: string): void {
    this.#say(`  ${styleText('green', '✓')} ${redact(sentence)}`);
    const lines = evidence.split('\n').filter((line) => line.trim() !== '');
    for (const line of lines.slice(0, shownOnStage.lines))
      this.#say(styleText('gray', `      ${redact(line).slice(0, shownOnStage.characters)}`));
  }

  async #announce(typed: string, expected: string, goesOn: boolean): Promise<boolean> {
    this.commands += 1;
    if (expected !== '') this.#say(styleText('gray', `  expected: ${expected}`));
    this.#say(`  ${styleText('cyan', '$')} ${styleText('bold', typed.replaceAll('\n', '\n    '))}`);
    return goesOn || this.#goesOn();
  }

  async #goesOn(): Promise<boolean> {
    if (this.#wish === undefined) return true;
    this.#say(styleText('gray', '    Enter runs it · a: all without stops · q: end and take everything back'));
    const wish = await this.#wish();
    if (wish === 'all') this.#wish = undefined;
    return wish !== 'quit';
  }
}

/** More of an output than a report shows without a click: nobody can click here. */
const shownOnStage = { lines: 12, characters: 160 };
