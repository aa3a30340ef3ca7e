/** What a role-play tells whatever a player does: how it begins, what a good answer holds, and what is said afterwards. */
import { styleText } from 'node:util';

import type { Curriculum } from '../curriculum/curriculum.ts';
import { truthsOf } from '../curriculum/role-play-traps.ts';
import { canBeWon, type Objection, parts, type RolePlay } from '../curriculum/role-play.ts';
import type { Stands } from '../curriculum/standing.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { runWords, statementLines } from './backing-lines.ts';
import { labelled } from './demo-lines.ts';
import { demanded, mostPoints } from './role-play-score.ts';

/** A role-play, and what its lines need besides. */
export interface ToldRolePlay {
  readonly rolePlay: RolePlay;
  readonly curriculum: Curriculum;
  readonly stands: Stands;
  /** Characters to a line. */
  readonly width: number;
}

/** Labels of the parts of an answer. */
export const partLabels = { fair: 'FAIR', result: 'SHOWN', limit: 'LIMIT' } as const;

/** Who is there, what counts, and what the customer says first. */
export function openingLines({ rolePlay, stands, width }: ToldRolePlay, run: RunRecord): string[] {
  const { stage, opening, customer, minutes } = rolePlay;
  const most = mostPoints(rolePlay, stands);
  const can = most === 20 ? '' : `, ${most} of them with what that run proves`;
  const counts = `There are 20 points${can}. A pass needs ${demanded.points}, no trap, and ${demanded.won} objections met with a result that is proven.`;
  return [
    ...labelled('STAGE', `${stage} The talk takes ${minutes} minutes at most.`, width),
    ...faintLines(`Evidence is taken from ${runWords(run)}. ${counts}`, width),
    '',
    ...labelled('HEARD', `${customer}: “${opening}”`, width),
  ];
}

/** An objection, under its number; and that it cannot be won, where not all that would answer it is proven. */
export function objectionLines({ rolePlay, stands, width }: ToldRolePlay, index: number): string[] {
  const { objections } = rolePlay;
  const objection = objections[index];
  if (objection === undefined) return [];
  const number = `── Objection ${index + 1} of ${objections.length} `;
  return [
    '',
    styleText('bold', number.padEnd(width, '─')),
    ...labelled('HEARD', `“${objection.objection}”`, width),
    ...(canBeWon(objection, stands) ? [] : faintLines(whyNot(objection, stands), width)),
  ];
}

/** What a good answer holds. */
export function answerLines(objection: Objection, { stands, width }: ToldRolePlay): string[] {
  return parts.flatMap((part) => statementLines(partLabels[part], objection[part], stands, width));
}

/** What must not be said, and what is true. */
export function trapLines({ trap }: Objection, { curriculum, width }: ToldRolePlay): string[] {
  return labelled('TRAP', `Never: “${trap.says}” ${truthsOf(trap, curriculum).join(' ')}`, width);
}

/** What could be learned by asking, an answer to the whole, and questions to ask oneself. */
export function conclusionLines({ rolePlay, stands, width }: ToldRolePlay): string[] {
  const facts = rolePlay.inquiries.filter(({ fact }) => fact !== undefined);
  return [
    '',
    styleText('bold', 'What could be learned by asking'),
    ...facts.flatMap(({ ask, fact = '' }) => labelled('', `${ask} ${fact}`, width)),
    ...rolePlay.model.flatMap(({ title, lines }) =>
      ['', styleText('bold', `An answer to the whole: ${title.toLowerCase()}`)].concat(
        lines.flatMap((each) => statementLines('', each, stands, width)),
      ),
    ),
    '',
    styleText('bold', 'To ask yourself'),
    ...rolePlay.debrief.flatMap((each, index) => labelled('', `${index + 1}  ${each}`, width)),
  ];
}

/** All of it, where nobody is there to play. */
export function wholeLines(told: ToldRolePlay): string[] {
  const { rolePlay, stands, width } = told;
  const { inquiries, objections, close } = rolePlay;
  return [
    '',
    styleText('bold', 'What may be asked'),
    ...inquiries.flatMap(({ ask, answer }) => labelled('', `${ask} “${answer}”`, width)),
    ...objections.flatMap((each, index) =>
      objectionLines(told, index).concat(answerLines(each, told), trapLines(each, told)),
    ),
    '',
    ...statementLines('END', close, stands, width),
    ...conclusionLines(told),
  ];
}

/** A line that explains, and need not be read twice. */
export function faintLines(line: string, width: number): string[] {
  return labelled('', line, width).map((each) => styleText('gray', each));
}

/** Why the point of the result cannot be won. */
function whyNot({ result: { provenBy = [], later = [] } }: Objection, stands: Stands): string {
  const lacking = [...provenBy, ...later].map(stands).filter(({ state }) => state !== 'proven');
  const reasons = lacking.map(({ id, reason }) => `${id}: ${reason}`);
  return `This one cannot be won, because not all that would answer it is proven (${reasons.join('; ')}). Say so.`;
}
