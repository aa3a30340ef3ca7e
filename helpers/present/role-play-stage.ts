import { styleText } from 'node:util';

import type { Curriculum } from '../curriculum/curriculum.ts';
import { truthsOf } from '../curriculum/role-play-traps.ts';
import { inquiriesAsked, type Inquiry, type Objection, parts, type RolePlay } from '../curriculum/role-play.ts';
import { assertionsAbout, idsIn, standingOf } from '../curriculum/standing.ts';
import { assertionResultOf } from '../record/assertion-results.ts';
import { Stopped } from '../record/audience.ts';
import type { RecordedExercise } from '../record/record.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { evidenceLines, foundLines, runWords, statementLines } from './backing-lines.ts';
import { labelled } from './demo-lines.ts';
import { RolePlayAnswer } from './role-play-answer.ts';
import { helpLines } from './role-play-lines.ts';
import {
  type AnswerScore,
  canBeWon,
  demanded,
  holds,
  mostPoints,
  pointsOf,
  type RolePlayScore,
  type Stands,
} from './role-play-score.ts';
import { readRolePlayWish, readYesOrNo } from './role-play-wish.ts';

/** What a role-play is played with. */
export interface RolePlayStageOptions {
  readonly rolePlay: RolePlay;
  readonly curriculum: Curriculum;
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
  readonly #exercises: readonly RecordedExercise[];
  readonly #used = new Set<string>();

  constructor(options: RolePlayStageOptions) {
    const { curriculum, run } = options;
    const results = run.exercises.map(assertionResultOf);
    this.#options = options;
    this.#exercises = run.exercises;
    this.#stands = (id) => standingOf(id, curriculum, results);
  }

  /** Plays it to its end; undefined where the player ended it before, or where nobody was asked. */
  async play(): Promise<Played | undefined> {
    this.#open();
    if (this.#options.ask === undefined) {
      this.#readOut();
      return undefined;
    }
    try {
      const facts = await this.#inquire();
      const answers: AnswerScore[] = [];
      for (const [index, objection] of this.#options.rolePlay.objections.entries()) {
        answers.push(await this.#meet(objection, index));
      }
      const close = await this.#end();
      const restored = await this.#restore(answers);
      this.#conclude();
      return { score: { facts, answers, close, restored }, used: [...this.#used] };
    } catch (error) {
      if (error instanceof Stopped) return undefined;
      throw error;
    }
  }

  #open(): void {
    const { rolePlay, run, width } = this.#options;
    const { stage, opening, customer, minutes, objections } = rolePlay;
    const most = mostPoints(rolePlay, this.#stands);
    const hopeless = objections.filter((each) => !canBeWon(each, this.#stands)).length;
    this.#say(labelled('STAGE', `${stage} The talk takes ${minutes} minutes at most.`, width));
    this.#say(this.#hints(`Evidence is taken from ${runWords(run)}. ${mostWords(most, hopeless)}`));
    this.#say(['', ...labelled('HEARD', `${customer}: “${opening}”`, width)]);
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
        this.#say(this.#hints(chosen === undefined ? 'Type a number of the list, or q to end it.' : 'You asked that.'));
        continue;
      }
      asked.add(chosen);
      this.#say(labelled('HEARD', `“${chosen.answer}”`, width));
    }
    return [...asked].filter(({ fact }) => fact !== undefined).length;
  }

  /** One objection, until it is answered and judged. */
  async #meet(objection: Objection, index: number): Promise<AnswerScore> {
    const { rolePlay, width } = this.#options;
    if (index === 0) this.#say(['', ...helpLines(width)]);
    const answer = new RolePlayAnswer(objection, this.#stands, this.#options.curriculum);
    const of = rolePlay.objections.length;
    this.#say(['', styleText('bold', `── Objection ${index + 1} of ${of} ${'─'.repeat(Math.max(2, width - 24))}`)]);
    this.#say(labelled('HEARD', `“${objection.objection}”`, width));
    if (!canBeWon(objection, this.#stands)) this.#say(this.#hints(this.#whyNot(objection)));
    if (!(await this.#answer(objection, answer))) this.#say(this.#hints('Passed.'));
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
    const { width, curriculum } = this.#options;
    const lost = { trapped: true, fair: false, result: false, limit: false };
    for (const { words, truths } of answer.slips()) {
      this.#say(
        labelled('!!', `You said “${words}”. ${truths.join(' ')}`, width).map((line) => styleText('red', line)),
      );
      if (await this.#isSo('Did you claim that?')) return lost;
    }
    const has = new Map<(typeof parts)[number], boolean>();
    for (const part of parts) {
      this.#say(statementLines(labels[part], objection[part], this.#stands, width));
      const lacks =
        part === 'result'
          ? !answer.bears && 'no result that is proven and bears on it was named'
          : !holds(objection[part], this.#stands) && 'that run does not prove it';
      if (lacks !== false) this.#say(this.#hints(`No point: ${lacks}.`));
      has.set(part, lacks === false && answer.words !== '' && (await this.#isSo('Did you say so?')));
    }
    const trap = `Never: “${objection.trap.says}” ${truthsOf(objection.trap, curriculum).join(' ')}`;
    this.#say(labelled('TRAP', trap, width));
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
      this.#say(this.#hints('No point: that run does not prove it.'));
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

  #conclude(): void {
    const { rolePlay, width } = this.#options;
    const facts = rolePlay.inquiries.filter(({ fact }) => fact !== undefined);
    this.#say(['', styleText('bold', 'What could be learned by asking')]);
    this.#say(facts.flatMap(({ ask, fact = '' }) => labelled('', `${ask} ${fact}`, width)));
    this.#model();
    this.#say(['', styleText('bold', 'To ask yourself')]);
    this.#say(rolePlay.debrief.flatMap((each, index) => labelled('', `${index + 1}  ${each}`, width)));
  }

  /** All of it, where nobody is there to play. */
  #readOut(): void {
    const { rolePlay, curriculum, width } = this.#options;
    const { inquiries, objections, close } = rolePlay;
    this.#say(['', styleText('bold', 'What may be asked')]);
    this.#say(inquiries.flatMap(({ ask, answer }) => labelled('', `${ask} “${answer}”`, width)));
    for (const [index, each] of objections.entries()) {
      this.#say(['', styleText('bold', `── Objection ${index + 1} of ${objections.length}`)]);
      this.#say(labelled('HEARD', `“${each.objection}”`, width));
      if (!canBeWon(each, this.#stands)) this.#say(this.#hints(this.#whyNot(each)));
      this.#say(parts.flatMap((part) => statementLines(labels[part], each[part], this.#stands, width)));
      this.#say(labelled('TRAP', `Never: “${each.trap.says}” ${truthsOf(each.trap, curriculum).join(' ')}`, width));
    }
    this.#say(['', ...statementLines('END', close, this.#stands, width)]);
    this.#conclude();
  }

  #model(): void {
    const { rolePlay, width } = this.#options;
    for (const { title, lines } of rolePlay.model) {
      this.#say(['', styleText('bold', `An answer to the whole: ${title.toLowerCase()}`)]);
      this.#say(lines.flatMap((each) => statementLines('', each, this.#stands, width)));
    }
  }

  /** Why the point of the result cannot be won. */
  #whyNot({ result: { provenBy = [], later = [] } }: Objection): string {
    const reasons = [...provenBy, ...later].map((id) => `${id}: ${this.#stands(id).reason}`);
    return `This one cannot be won, because nothing that would answer it is proven (${reasons.join('; ')}). Say so.`;
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

  #hints(line: string): string[] {
    return labelled('', line, this.#options.width).map((each) => styleText('gray', each));
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#options.say(line);
  }
}

const labels = { fair: 'FAIR', result: 'SHOWN', limit: 'LIMIT' } as const;

function mostWords(most: number, hopeless: number): string {
  const can = hopeless === 0 ? '' : `, ${most} of them with what that run proves`;
  return `There are 20 points${can}. A pass needs ${demanded.points}, no trap, and ${demanded.won} objections met with a result that is proven.`;
}
