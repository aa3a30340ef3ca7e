import { styleText } from 'node:util';

import type { Cards } from '../curriculum/cards.ts';
import type { Curriculum } from '../curriculum/curriculum.ts';
import {
  canBeWon,
  inquiriesAsked,
  type Inquiry,
  type Objection,
  parts,
  type RolePlay,
} from '../curriculum/role-play.ts';
import { assertionsAbout, holds, idsIn, standingOf, type Stands } from '../curriculum/standing.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { Stopped } from '../record/audience.ts';
import type { RecordedExercise } from '../record/record.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { evidenceLines, foundLines, statementLines } from './backing-lines.ts';
import { labelled } from './demo-lines.ts';
import { RolePlayAnswer } from './role-play-answer.ts';
import { helpLines } from './role-play-lines.ts';
import { type AnswerScore, pointsOf, type RolePlayScore } from './role-play-score.ts';
import { readRolePlayWish, readYesOrNo } from './role-play-wish.ts';
import {
  answerLines,
  conclusionLines,
  faintLines,
  objectionLines,
  openingLines,
  partLabels,
  type ToldRolePlay,
  trapLines,
  wholeLines,
} from './role-play-words.ts';

/** What a role-play is played with. */
export interface RolePlayStageOptions {
  readonly rolePlay: RolePlay;
  readonly curriculum: Curriculum;
  readonly cards: Cards;
  /** The run that evidence is taken from. */
  readonly run: RunRecord;
  /** Writes a line. */
  readonly say: (line: string) => void;
  /** Asks a person for a line; undefined once they end it. Missing where nobody is there, and all of it is read out. */
  readonly ask: ((prompt: string) => Promise<string | undefined>) | undefined;
  /** The order in which inquiries are offered. */
  readonly drawn: (inquiries: readonly Inquiry[]) => readonly Inquiry[];
  /** Characters to a line. */
  readonly width: number;
}

/** How it ended. */
export interface Played {
  readonly score: RolePlayScore;
  /** Ids that were named and are proven, each once. */
  readonly used: readonly string[];
}

/** A role-play on a terminal: the customer objects, the player answers, and what can be checked is checked. */
export class RolePlayStage {
  readonly #options: RolePlayStageOptions;
  readonly #stands: Stands;
  readonly #told: ToldRolePlay;
  readonly #exercises: readonly RecordedExercise[];
  readonly #used = new Set<string>();

  constructor(options: RolePlayStageOptions) {
    const { rolePlay, curriculum, cards, run, width } = options;
    const results = run.exercises.map(assertionResultOf);
    this.#options = options;
    this.#exercises = run.exercises;
    this.#stands = (id) => standingOf(id, curriculum, cards, results);
    this.#told = { rolePlay, curriculum, stands: this.#stands, width };
  }

  /** Plays it to its end; undefined where the player ended it before, or where nobody was asked. */
  async play(): Promise<Played | undefined> {
    const { rolePlay, run, ask } = this.#options;
    this.#say(openingLines(this.#told, run));
    if (ask === undefined) {
      this.#say(wholeLines(this.#told));
      return undefined;
    }
    try {
      const facts = await this.#inquire();
      const answers: AnswerScore[] = [];
      for (const [index, objection] of rolePlay.objections.entries()) {
        answers.push(await this.#meet(objection, index));
      }
      const close = await this.#end();
      const restored = await this.#restore(answers);
      this.#say(conclusionLines(this.#told));
      return { score: { facts, answers, close, restored }, used: [...this.#used] };
    } catch (error) {
      if (error instanceof Stopped) return undefined;
      throw error;
    }
  }

  /** The inquiries: so many of them may be asked. @returns how many lead somewhere */
  async #inquire(): Promise<number> {
    const { rolePlay, drawn, width } = this.#options;
    const offered = drawn(rolePlay.inquiries);
    const asked = new Set<Inquiry>();
    this.#say(['', styleText('bold', `Before you answer you may ask ${inquiriesAsked} of these`)]);
    this.#say(offered.flatMap(({ ask }, index) => labelled('', `${index + 1}  ${ask}`, width)));
    while (asked.size < inquiriesAsked) {
      const line = await this.#ask(`question ${asked.size + 1} of ${inquiriesAsked} > `);
      const chosen = /^\d$/.test(line.trim()) ? offered[Number(line.trim()) - 1] : undefined;
      if (chosen === undefined || asked.has(chosen)) {
        this.#say(
          faintLines(chosen === undefined ? 'Type a number of the list, or q to end it.' : 'You asked that.', width),
        );
        continue;
      }
      asked.add(chosen);
      this.#say(labelled('HEARD', `“${chosen.answer}”`, width));
    }
    return [...asked].filter(({ fact }) => fact !== undefined).length;
  }

  /** One objection, until it is answered and judged. */
  async #meet(objection: Objection, index: number): Promise<AnswerScore> {
    const { curriculum, width } = this.#options;
    const answer = new RolePlayAnswer(objection, this.#stands, curriculum);
    if (index === 0) this.#say(['', ...helpLines(width)]);
    this.#say(objectionLines(this.#told, index));
    if (!(await this.#answer(objection, answer))) this.#say(faintLines('Passed.', width));
    for (const id of answer.proven) this.#used.add(id);
    this.#say(answer.bearingLines(width));
    const score = await this.#judge(objection, answer);
    this.#say(labelled('', `${pointsOf(score)} of 3 points.`, width).map((line) => styleText('bold', line)));
    return score;
  }

  /** Reads lines until there is an answer; where it names nothing, the customer asks once. @returns false if it was passed */
  async #answer(objection: Objection, answer: RolePlayAnswer): Promise<boolean> {
    const { width } = this.#options;
    let askedBack = false;
    for (;;) {
      const wish = readRolePlayWish(await this.#ask('you > '));
      if (wish.wants === 'quit') throw new Stopped();
      if (wish.wants === 'help') this.#say(helpLines(width));
      if (wish.wants === 'hint') this.#say(labelled('HINT', objection.hint, width));
      if (wish.wants === 'evidence') this.#callUp(wish.of, answer);
      if (wish.wants === 'pass') return answer.words !== '';
      if (wish.wants !== 'answer') continue;
      answer.say(wish.words);
      if (answer.bears || askedBack || !canBeWon(objection, this.#stands)) return true;
      askedBack = true;
      this.#say(labelled('HEARD', '“And which result says so?” (Name an id, say more, or p to pass.)', width));
    }
  }

  #callUp(asked: string, answer: RolePlayAnswer): void {
    const { curriculum, width } = this.#options;
    const [id = ''] = idsIn(asked);
    const about = assertionsAbout(id === '' ? asked : id, curriculum);
    if (id === '' || about.length > 0) {
      this.#say(foundLines(about.map(this.#stands), width));
      return;
    }
    const standing = this.#stands(id);
    if (standing.state !== 'unknown') answer.callUp(id);
    this.#say(
      evidenceLines(
        standing,
        this.#exercises.find(({ page }) => page === standing.by?.page),
        width,
      ),
    );
  }

  /** What can be checked, and the questions that only the player can answer. */
  async #judge(objection: Objection, answer: RolePlayAnswer): Promise<AnswerScore> {
    const { width } = this.#options;
    const lost = { trapped: true, fair: false, result: false, limit: false };
    for (const { words, truths } of answer.slips()) {
      this.#say(
        labelled('!!', `You said “${words}”. ${truths.join(' ')}`, width).map((line) => styleText('red', line)),
      );
      if (!(await this.#isSo('Did you claim that?'))) continue;
      this.#say(answerLines(objection, this.#told));
      return lost;
    }
    const has = new Map<(typeof parts)[number], boolean>();
    for (const part of parts) {
      this.#say(statementLines(partLabels[part], objection[part], this.#stands, width));
      const lacks =
        part === 'result' && !answer.bears
          ? 'no result that is proven and bears on it was named'
          : !holds(objection[part], this.#stands) && 'that run does not prove all of it';
      if (lacks !== false) this.#say(faintLines(`No point: ${lacks}.`, width));
      has.set(part, lacks === false && answer.words !== '' && (await this.#isSo('Did you say so?')));
    }
    this.#say(trapLines(objection, this.#told));
    const [unproven] = answer.unproven;
    const toldSo =
      unproven === undefined || (await this.#isSo(`You named ${unproven}. Did you say that it is not proven?`));
    return {
      trapped: false,
      fair: has.get('fair') === true,
      result: has.get('result') === true,
      limit: has.get('limit') === true && toldSo,
    };
  }

  async #end(): Promise<boolean> {
    const { rolePlay, width } = this.#options;
    this.#say([
      '',
      styleText('bold', '── The end'),
      ...labelled('HEARD', '“So, what do you want me to do next?”', width),
    ]);
    await this.#ask('you > ');
    this.#say(statementLines('END', rolePlay.close, this.#stands, width));
    if (!holds(rolePlay.close, this.#stands)) {
      this.#say(faintLines('No point: that run does not prove all of it.', width));
      return false;
    }
    return this.#isSo('Did you ask for that?');
  }

  async #restore(answers: readonly AnswerScore[]): Promise<boolean> {
    const { rolePlay, width } = this.#options;
    if (answers.every((each) => pointsOf(each) === 3)) return false;
    this.#say(['', ...labelled('BACK', `A lost point comes back if this is so: ${rolePlay.restores}`, width)]);
    return this.#isSo('Is it so?');
  }

  async #isSo(question: string): Promise<boolean> {
    for (;;) {
      const answer = readYesOrNo(await this.#ask(`      ${question} y or n > `));
      if (answer !== undefined) return answer;
    }
  }

  /** A line of the player. @throws {Stopped} once they end it */
  async #ask(prompt: string): Promise<string> {
    const line = await this.#options.ask?.(styleText('bold', prompt));
    if (line === undefined || /^(q|quit)$/i.test(line.trim())) throw new Stopped();
    return line;
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#options.say(line);
  }
}
