import { halfUp, percentOf } from '../figures.ts';
import { footprintPerYear } from '../footprint.ts';
import type { Profile, ProfileName } from '../profiles.ts';
import { resultsOf, valueForPayback } from '../results.ts';
import { linesOf, totals } from '../value.ts';
import type { Vector } from './vector.ts';

/** What was calculated by hand for a customer. */
interface ByHand {
  readonly rule: string;
  /** Cost, value, saved share, and people's time of the value: a month. */
  readonly month: readonly [number, number, number, number];
  /** Spent at first, then each year, and of that the machines. */
  readonly spent: readonly [number, number, number];
  /** Return after 1, 3 and 5 years, and months until payback. */
  readonly all: readonly [number, number, number, number];
  /** With people's time alone: return after 5 years, and months until payback. */
  readonly hard: readonly [number, number];
}

const byHand: Readonly<Record<ProfileName, ByHand>> = {
  marcus: {
    rule: 'R.16',
    month: [177_250, 115_600, 65.2, 25_600],
    spent: [250_000, 154_362, 4_362],
    all: [157.3, 435, 544.9, 5.43],
    hard: [42.8, 22.63],
  },
  sarah: {
    rule: 'R.17',
    month: [584_000, 202_200, 34.6, 177_200],
    spent: [3_450_000, 1_107_222, 207_222],
    all: [-100, -28.3, 8, 43.38],
    hard: [-5.3, 52.62],
  },
  jennifer: {
    rule: 'R.18',
    month: [119_500, 53_900, 45.1, 43_900],
    spent: [525_000, 305_097, 5_097],
    all: [-48.1, 19.8, 47.2, 22.44],
    hard: [19.9, 32.42],
  },
  ahmed: {
    rule: 'R.19',
    month: [76_000, 27_000, 35.5, 17_000],
    spent: [450_000, 155_397, 5_397],
    all: [-73.2, -11.6, 18.8, 38.03],
    hard: [-25.2, 117.1],
  },
  lisa: {
    rule: 'R.20',
    month: [315_000, 97_500, 31, 60_000],
    spent: [1_200_000, 468_329, 18_329],
    all: [-64.9, 12.3, 48.7, 26.52],
    hard: [-8.5, 63.22],
  },
};

/** What the customers of the course come to: R.16 to R.20, and what two of them teach. */
export function profileVectors(profiles: readonly Profile[]): Vector[] {
  return profiles.flatMap((profile) => [...ofOne(profile), ...ofItsOwn(profile)]);
}

function ofOne({ name, inputs }: Profile): Vector[] {
  const { rule, month, spent, all, hard } = byHand[name];
  const result = resultsOf(inputs);
  const vector = (what: string, given: number | string, wanted: number | string): Vector => [
    rule,
    `${name}, ${what}`,
    given,
    wanted,
  ];
  return [
    vector('cost a month', result.costPerMonth, month[0]),
    vector('value a month', result.valuePerMonth, month[1]),
    vector('saved share', result.savedPercent, month[2]),
    vector('people’s time of the value', result.hardValuePerMonth, month[3]),
    vector('spent at first', result.upfront, spent[0]),
    vector('each year', result.ongoingPerYear, spent[1]),
    vector('machines a year', footprintPerYear(inputs.infrastructure), spent[2]),
    vector('return, 1 year', result.returns[0], all[0]),
    vector('return, 3 years', result.returns[1], all[1]),
    vector('return, 5 years', result.returns[2], all[2]),
    vector('payback in months', result.payback, all[3]),
    vector('hard return, 5 years', result.hard.fiveYears, hard[0]),
    vector('hard payback in months', result.hard.payback, hard[1]),
  ];
}

function ofItsOwn({ name, inputs }: Profile): Vector[] {
  const { infrastructure: machines, costs } = inputs;
  if (name === 'marcus') {
    const business = totals(linesOf(costs, 'business')).value;
    return [['R.16', 'downtime and delay of the value', percentOf(business, totals(costs).value), 77.9]];
  }
  if (name !== 'sarah') return [];
  return [
    ['R.17', 'machines a year with ambient', footprintPerYear({ ...machines, dataPlane: 'ambient' }), 25_975],
    ['R.17', 'value a month for payback in 36 months', valueForPayback(inputs, 36), 236_018.5],
    ['R.17', 'hours of migration for a service', halfUp((8 * 15 * 160) / inputs.team.services, 1), 9.6],
  ];
}
