import { halfUp, money, percent } from './figures.ts';
import type { Inputs } from './inputs.ts';
import { investmentOf, paybackMonths, returnPercent } from './investment.ts';
import { labourOf, totals } from './value.ts';

/** The result in six lines for a terminal. */
export function summary(inputs: Inputs): string {
  const { company, costs, adopt } = inputs;
  const { cost, value, savedPercent } = totals(costs);
  const investment = investmentOf(inputs);
  const start = adopt.benefitAfterMonths;
  const months = paybackMonths(investment, start);
  const returns = [1, 3, 5].map(
    (years) => `${years === 1 ? '1 year' : `${years} years`} ${percent(returnPercent(investment, years, start))}`,
  );
  return [
    `${company}, benefit after ${start} months`,
    `cost per month       ${money(cost)}`,
    `value per month      ${money(value)} (${percent(savedPercent)} of the cost saved)`,
    `hard savings only    ${money(totals(labourOf(costs)).value)} per month`,
    `return               ${returns.join(', ')}`,
    `payback              ${months === 'never' ? 'never' : `${halfUp(months, 2)} months`}`,
  ].join('\n');
}
