import { percentOf } from '../figures.ts';
import type { Inputs } from '../inputs.ts';
import { cautious, costOf, labourOf, linesOf, savingOf, totals } from '../value.ts';
import type { Vector } from './vector.ts';

const costs = [6_000, 3_000, 4_500, 3_750, 12_000, 8_000, 40_000, 100_000];
const savings = [4_200, 2_700, 4_500, 3_000, 7_200, 4_000, 40_000, 50_000];

/** What RapidScale pays and saves per month: R.1, R.2, R.2b. */
export function valueVectors({ costs: lines }: Inputs): Vector[] {
  const all = totals(lines);
  const labour = totals(labourOf(lines));
  const groups = (['developers', 'operations', 'business'] as const).map((group) => totals(linesOf(lines, group)));
  const onlyCautious = (word: string) =>
    totals(lines.flatMap((line) => (line.name.includes(word) ? cautious([line]) : [line])));
  const [developers, operations, business] = groups;
  return [
    ...lines.map((line, index): Vector => ['R.1', line.name, costOf(line), costs[index] ?? 'no such line']),
    ['R.1', 'developers', developers?.cost ?? 0, 17_250],
    ['R.1', 'operations', operations?.cost ?? 0, 20_000],
    ['R.1', 'downtime and delay', business?.cost ?? 0, 140_000],
    ['R.1', 'total cost', all.cost, 177_250],
    ...lines.map((line, index): Vector => ['R.2', line.saving.name, savingOf(line), savings[index] ?? 'no such line']),
    ['R.2', 'developers', developers?.value ?? 0, 14_400],
    ['R.2', 'operations', operations?.value ?? 0, 11_200],
    ['R.2', 'downtime and delay', business?.value ?? 0, 90_000],
    ['R.2', 'total value', all.value, 115_600],
    ['R.2', 'saved share', all.savedPercent, 65.2],
    ['R.2', 'downtime and delay in the cost', percentOf(business?.cost ?? 0, all.cost), 79],
    ['R.2', 'downtime and delay in the value', percentOf(business?.value ?? 0, all.value), 77.9],
    ['R.2b', 'downtime saved at 80 %', onlyCautious('downtime').value, 107_600],
    ['R.2b', 'its share', onlyCautious('downtime').savedPercent, 60.7],
    ['R.2b', 'monitoring saved at 80 %', onlyCautious('monitoring').value, 114_700],
    ['R.2b', 'its share', onlyCautious('monitoring').savedPercent, 64.7],
    ['R.2b', 'both at 80 %', totals(cautious(lines)).value, 106_700],
    ['R.2b', 'their share', totals(cautious(lines)).savedPercent, 60.2],
    ['R.2b', 'labour only, cost', labour.cost, 37_250],
    ['R.2b', 'labour only, value', labour.value, 25_600],
    ['R.2b', 'its share', labour.savedPercent, 68.7],
  ];
}
