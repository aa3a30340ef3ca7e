import type { Fields } from './fields.ts';

/** Where a figure comes from: told by the customer, assumed for the workshop, or measured by an exercise. */
export type Basis = 'given' | 'assumed' | 'measured';

/** What an inputs file may say; only a run can say that something was measured. */
export const stated = ['given', 'assumed'] as const satisfies readonly Basis[];

export const percentage = [0, 100] as const;
export const quantities = [0, 1_000_000] as const;

const groups = ['developers', 'operations', 'business'] as const;

/** Who bears a cost. `business` is lost income; the other two are labour. */
export type Group = (typeof groups)[number];

/** What something costs per month, and how much of it the mesh saves. */
export type CostLine = ReturnType<typeof readCost>;

/** Reads one line of the table of costs. */
export function readCost(line: Fields) {
  return {
    name: line.text('name'),
    group: line.choice('group', groups),
    quantity: line.number('quantity', quantities),
    unit: line.choice('unit', ['hours', 'weeks']),
    /** Dollars per hour or week. */
    rate: line.number('rate', [0, 1_000_000_000]),
    basis: line.choice('basis', stated),
    /** How the quantity came about, in words; it is printed. */
    derivation: line.textIfGiven('derivation'),
    saving: line.within('saving', (saving) => ({
      name: saving.text('name'),
      percent: saving.number('percent', percentage),
      /** What other figures of the same story support, in percent of the cost, and which. */
      cautiousPercent: saving.numberIfGiven('cautiousPercent', percentage),
      because: saving.textIfGiven('because'),
      basis: saving.choice('basis', stated),
    })),
  };
}
