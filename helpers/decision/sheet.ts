/** Both data planes in columns, for one customer: requests, money, work, and what each cannot do. */
import type { Requests } from '../kube/requests.ts';
import { count, percent, reductionPercent } from '../roi/figures.ts';
import { pricePerMonth } from '../roi/footprint.ts';
import { publishedWork, workOfWays } from '../roi/work.ts';
import type { Customer } from './customer.ts';
import { type Limit, limits } from './limits.ts';
import { measuredWork, type Way } from './measured-work.ts';
import { decisionRecord, type Recommendation } from './record.ts';
import { requestsOf } from './requests-of.ts';
import type { Shown } from './shown.ts';

/** A row of the sheet; the columns are {@link sheetHeads}. */
export type Row = readonly [what: string, sidecars: string, layer4: string, withWaypoint: string, recommended: string];

export interface Sheet {
  readonly customer: Customer;
  readonly rows: readonly Row[];
  readonly limits: Readonly<Record<Way, readonly Limit[]>>;
  readonly recommendations: readonly Recommendation[];
}

export const sheetHeads = [
  '',
  'sidecars',
  'ambient at layer 4',
  'ambient with its waypoints',
  'as recommended',
] as const;

/** The sheet of a customer; a pure function of its figures and of what a run has shown. */
export function sheetOf(customer: Customer, shown: Shown): Sheet {
  const { dollarsPerCpu, dollarsPerGiB } = customer.infrastructure;
  const { recommendations } = decisionRecord(customer, shown);
  const { sidecars, layer4, withWaypoint, recommended } = requestsOf(customer, recommendations);
  const inColumns = (what: string, tell: (asked: Requests) => string): Row => [
    what,
    tell(sidecars),
    tell(layer4),
    tell(withWaypoint),
    recommended === undefined ? 'a group is open' : tell(recommended),
  ];
  const published = workOfWays(publishedWork);
  const tellWork = (way: Way) => {
    const { least, most } = published[way];
    return least === most ? `${count(least)} s` : `${count(least)} to ${count(most)} s`;
  };
  const tellMeasured = (way: Way) => {
    const ms = measuredWork(way, 'm3.e4.a3', shown);
    return ms === undefined ? 'not shown in this run' : `${count(ms / 1000)} s`;
  };
  const inWays = (what: string, tell: (way: Way) => string): Row => [
    what,
    tell('sidecars'),
    tell('layer4'),
    tell('withWaypoint'),
    '',
  ];
  return {
    customer,
    rows: [
      inColumns('Processor asked for', ({ milliCpu }) => `${count(milliCpu)}m`),
      inColumns('Memory asked for', ({ mebibytes }) => `${count(mebibytes)} MiB`),
      inColumns('Less than sidecars', (asked) =>
        asked === sidecars
          ? ''
          : `${percent(reductionPercent(sidecars.milliCpu, asked.milliCpu))}, ${percent(reductionPercent(sidecars.mebibytes, asked.mebibytes))}`,
      ),
      inColumns('Price of that in a month', (asked) => dollars(pricePerMonth(asked, dollarsPerCpu, dollarsPerGiB))),
      inWays('Processor for 1,000 calls, as Istio publishes it', tellWork),
      inWays('The same, measured on the lab of this run', tellMeasured),
    ],
    limits,
    recommendations,
  };
}

/** With cents, as the calculation has them: `$61.51`. */
function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
