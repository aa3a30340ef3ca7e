import type { CostLine, Group } from './cost-line.ts';
/** What the present way of working costs, and how much of it the mesh saves: R.1, R.2. */
import { halfUp, percentOf } from './figures.ts';

/** A sum of cost lines, in dollars per month. */
export interface Totals {
  readonly cost: number;
  readonly value: number;
  /** Value in percent of the cost. This is a share, not a return on an investment. */
  readonly savedPercent: number;
}

/** Dollars per month. */
export function costOf({ quantity, rate }: Pick<CostLine, 'quantity' | 'rate'>): number {
  return halfUp(quantity * rate);
}

/** Dollars saved per month. */
export function savingOf(line: CostLine): number {
  return halfUp((costOf(line) * line.saving.percent) / 100);
}

/** Totals of lines whose cost is above zero. */
export function totals(lines: readonly CostLine[]): Totals {
  const cost = lines.reduce((sum, line) => sum + costOf(line), 0);
  const value = lines.reduce((sum, line) => sum + savingOf(line), 0);
  return { cost, value, savedPercent: cost === 0 ? 0 : percentOf(value, cost) };
}

export function linesOf(lines: readonly CostLine[], ...groups: readonly Group[]): CostLine[] {
  return lines.filter(({ group }) => groups.includes(group));
}

/** Hard savings only: people's time. Lost income is left out, because it is the least certain and the largest. */
export function labourOf(lines: readonly CostLine[]): CostLine[] {
  return linesOf(lines, 'developers', 'operations');
}

/** The same lines with the saving that the other figures of the story support, where there is one: R.2b. */
export function cautious(lines: readonly CostLine[]): CostLine[] {
  return lines.map((line) => ({
    ...line,
    saving: { ...line.saving, percent: line.saving.cautiousPercent ?? line.saving.percent },
  }));
}
