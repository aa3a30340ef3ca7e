import type { Requests } from '../kube/requests.ts';
/** Both data planes in columns, for one customer: requests, money, work, and what each cannot do. */
import { count, percent, reductionPercent } from '../roi/figures.ts';
import { pricePerMonth } from '../roi/footprint.ts';
import { publishedWork, workOfWays } from '../roi/work.ts';
import { type Customer, poolsOf, requestsIn } from './customer.ts';
import { type Limit, limits } from './limits.ts';
import { measuredWork, type Way, ways } from './measured-work.ts';
import { decisionRecord, type Recommendation } from './record.ts';
import type { Shown } from './shown.ts';

/** A row of the sheet; the columns are {@link sheetHeads}. */
export type Row = readonly [what: string, sidecars: string, layer4: string, withWaypoint: string];

export interface Sheet {
  readonly customer: Customer;
  readonly rows: readonly Row[];
  readonly limits: Readonly<Record<Way, readonly Limit[]>>;
  readonly recommendations: readonly Recommendation[];
}

export const sheetHeads = ['', 'sidecars', 'ambient at layer 4', 'ambient with its waypoints'] as const;

/** The sheet of a customer; a pure function of its figures and of what a run has shown. */
export function sheetOf(customer: Customer, shown: Shown): Sheet {
  const { dollarsPerCpu, dollarsPerGiB } = customer.infrastructure;
  const { sidecars, ...requests } = requestsOf(customer);
  const inColumns = (what: string, tell: (asked: Requests) => string): Row => [
    what,
    tell(sidecars),
    tell(requests.layer4),
    tell(requests.withWaypoint),
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
  const inWays = (what: string, tell: (way: Way) => string): Row => [what, ...ways.map(tell)] as unknown as Row;
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
    recommendations: decisionRecord(customer, shown).recommendations,
  };
}

/** What all groups that may have a proxy ask for, on all nodes. */
function requestsOf(customer: Customer) {
  const pools = poolsOf(customer).map((pool) => ({
    with: requestsIn(pool),
    without: requestsIn({ ...pool, waypointPods: 0 }),
  }));
  return {
    sidecars: sum(pools.map((pool) => pool.with.sidecars)),
    layer4: sum(pools.map((pool) => pool.without.ambient)),
    withWaypoint: sum(pools.map((pool) => pool.with.ambient)),
  };
}

function sum(all: readonly Requests[]): Requests {
  return {
    milliCpu: all.reduce((whole, { milliCpu }) => whole + milliCpu, 0),
    mebibytes: all.reduce((whole, { mebibytes }) => whole + mebibytes, 0),
  };
}

/** With cents, as the calculation has them: `$61.51`. */
function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
