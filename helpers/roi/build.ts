/** Building a mesh against adopting one, over a horizon: R.5–R.7. Dollars and months. */
import { percentOf, reductionPercent } from './figures.ts';
import type { Inputs, WholeInputs } from './inputs.ts';
import { engineering, investmentOf } from './investment.ts';

/** Two ways to the same goal. */
export interface Comparison {
  /** What building costs until the first release, and each year of maintenance. */
  readonly build: { readonly first: number; readonly perYear: number };
  readonly adopt: { readonly first: number; readonly perYear: number };
  /** Whether maintenance is paid from the first year on, or only from the second, when the first is spent building. */
  readonly maintainedFrom: 'first year' | 'second year';
}

/** What a customer's inputs say; machines are left out, for either mesh needs them. */
export function comparisonOf(inputs: Inputs & Pick<WholeInputs, 'build'>): Comparison {
  const { engineerPerYear, build, adopt } = inputs;
  return {
    build: {
      first: engineering(engineerPerYear, build.engineers, build.months),
      perYear: engineering(engineerPerYear, build.maintenanceEngineers, 12),
    },
    adopt: {
      first: investmentOf(inputs).upfront,
      perYear: engineering(engineerPerYear, adopt.operationsEngineers, 12),
    },
    maintainedFrom: 'second year',
  };
}

/** Dollars spent by the end of so many years. */
export function buildTotal({ build, maintainedFrom }: Comparison, years: number): number {
  return build.first + build.perYear * (maintainedFrom === 'first year' ? years : years - 1);
}

/** Dollars spent by the end of so many years. */
export function adoptTotal({ adopt }: Comparison, years: number): number {
  return adopt.first + adopt.perYear * years;
}

/** How much cheaper adopting is over so many years, in percent of building. */
export function cheaperPercent(comparison: Comparison, years: number): number {
  return reductionPercent(buildTotal(comparison, years), adoptTotal(comparison, years));
}

/** What that comes to over ever more years: only what is paid each year counts in the end. */
export function cheaperLimitPercent({ build, adopt }: Comparison): number {
  return percentOf(build.perYear - adopt.perYear, build.perYear);
}

/** How many months adopting may take to be so many percent faster than building. */
export function monthsToBeFaster(buildMonths: number, fasterPercent: number): number {
  return (buildMonths * (100 - fasterPercent)) / 100;
}
