import { exitCodes } from '../system/errors.ts';
import { demanded, type RolePlayScore, totalOf } from './role-play-score.ts';

/** How a role-play went, in a few lines, and the exit code: 0 only for a pass. */
export function summaryOfRolePlay(score: RolePlayScore): { readonly lines: string[]; readonly exitCode: number } {
  const { points, traps, won, passed } = totalOf(score);
  const lacks = [
    ...(points < demanded.points ? [`${demanded.points} points`] : []),
    ...(traps > 0 ? ['an answer without a trap'] : []),
    ...(won < demanded.won ? [`${demanded.won} objections met with a result that is proven`] : []),
  ];
  const counts = [
    `${points} of 20 points`,
    `${won} of ${score.answers.length} objections met with a result that is proven`,
    traps === 1 ? '1 trap' : `${traps} traps`,
  ].join(', ');
  return {
    lines: [`${counts}. ${passed ? 'That is a pass.' : `A pass would need ${lacks.join(' and ')}.`}`],
    exitCode: passed ? 0 : exitCodes.failed,
  };
}
