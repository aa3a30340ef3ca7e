/** How the points of a role-play are counted. */
import { canBeWon, inquiriesAsked, type Objection, type RolePlay } from '../curriculum/role-play.ts';
import { holds, type Stands } from '../curriculum/standing.ts';

/** How an answer to one objection was judged. */
export interface AnswerScore {
  /** It was said to be wrong, and that loses all three points. */
  readonly trapped: boolean;
  readonly fair: boolean;
  /** Never true where no result was named that the run proves, or where it does not prove the whole sentence. */
  readonly result: boolean;
  readonly limit: boolean;
}

/** How a whole role-play was judged. */
export interface RolePlayScore {
  /** Answers of the customer that lead somewhere, of those that were asked for. */
  readonly facts: number;
  readonly answers: readonly AnswerScore[];
  readonly close: boolean;
  /** True where a lost point comes back. */
  readonly restored: boolean;
}

/** What is demanded of a pass, besides that no trap was spoken. */
export const demanded = { points: 14, won: 3 } as const;

/** Points of one answer, 0 to 3. */
export function pointsOf({ trapped, fair, result, limit }: AnswerScore): number {
  return trapped ? 0 : [fair, result, limit].filter(Boolean).length;
}

/** Points of all, and what they come to. */
export function totalOf({ facts, answers, close, restored }: RolePlayScore): {
  readonly points: number;
  readonly traps: number;
  /** Objections that were answered with a result that the run proves. */
  readonly won: number;
  readonly passed: boolean;
} {
  const most = inquiriesAsked + 3 * answers.length + 1;
  const earned = facts + answers.reduce((sum, each) => sum + pointsOf(each), 0) + (close ? 1 : 0);
  const points = Math.min(most, earned + (restored ? 1 : 0));
  const traps = answers.filter(({ trapped }) => trapped).length;
  const won = answers.filter(({ trapped, result }) => result && !trapped).length;
  return { points, traps, won, passed: points >= demanded.points && traps === 0 && won >= demanded.won };
}

/** The most points that can be won with what the run proves. */
export function mostPoints({ objections, close }: Pick<RolePlay, 'objections' | 'close'>, stands: Stands): number {
  const points = objections.flatMap((each) => [
    holds(each.fair, stands),
    canBeWon(each, stands),
    holds(each.limit, stands),
  ]);
  return inquiriesAsked + [...points, holds(close, stands)].filter(Boolean).length;
}

/** What naming an id comes to. */
export type Bearing =
  /** It is proven and answers the objection. */
  | 'bears'
  /** It is proven and belongs to the customer's own case, or to what is not shown. */
  | 'beside'
  /** It is proven, and is about something else. */
  | 'elsewhere'
  /** It proves nothing. */
  | 'nothing';

/** What it comes to that somebody names an id against an objection. */
export function bearingOf(id: string, { fair, result, limit }: Objection, stands: Stands): Bearing {
  if (stands(id).state !== 'proven') return 'nothing';
  if (result.provenBy?.includes(id)) return 'bears';
  return [fair, limit].some(({ provenBy = [] }) => provenBy.includes(id)) ? 'beside' : 'elsewhere';
}
