import { escapeHtml } from '../../draw/escape.ts';
import { paperTable } from '../../draw/paper.ts';
import type { CostLine } from '../../roi/cost-line.ts';
import { count, halfUp, money, percent } from '../../roi/figures.ts';
import type { Inputs } from '../../roi/inputs.ts';
import { investmentOf, paybackMonths, returnPercent } from '../../roi/investment.ts';
import { costOf, labourOf, savingOf, totals } from '../../roi/value.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import type { Content } from './sheet.ts';

/** What the run measured that a calculation may use. */
const measuredBy = ['m2.e7.a5', 'm2.e4.a7', 'm5.e3.a1', 'm6.e4.a3'];

/** Figures of one result that are told; the report has all of them. */
const mostMeasured = 3;

const empty = [
  ['Line', 34],
  ['Quantity', 17],
  ['Rate', 13],
  ['Saves %', 16],
  ['Basis', 20],
] as const;

/** The four formulas with the figures of an example, and beside them the same lines to be filled in. */
export function roiSheet(inputs: Inputs): Content {
  return (proofs, { run }) => {
    const { company, costs, adopt } = inputs;
    const all = totals(costs);
    const hard = totals(labourOf(costs));
    const investment = investmentOf(inputs);
    const start = adopt.benefitAfterMonths;
    const spent = (years: number) => investment.upfront + investment.ongoingPerYear * years;
    const months = paybackMonths(investment, start);
    const hardMonths = paybackMonths({ ...investment, valuePerMonth: hard.value }, start);
    const example = [
      `<h2>The example: ${escapeHtml(company)}</h2>`,
      `<p>Its amounts are assumed. Replace each by your own figure, and keep the formulas.</p>`,
      formula('Cost a month', 'sum of quantity × rate', money(all.cost), proofs.ids(['m2.e7.a1'])),
      paperTable(
        [
          ['Line', 46],
          ['Cost', 18],
          ['Saving', 36],
        ],
        costs.map(exampleCells),
      ),
      formula(
        'Value a month',
        'sum of cost × saving',
        `${money(all.value)}, ${percent(all.savedPercent)} of the cost`,
        proofs.ids(['m2.e7.a1']),
      ),
      '<p>That share is no return, because nothing in it says what was spent.</p>',
      formula(
        'Spent',
        'at first + each year',
        `${money(investment.upfront)} + ${money(investment.ongoingPerYear)} a year`,
        proofs.ids(['m2.e7.a4']),
      ),
      formula(
        'Return',
        `(value × months with benefit − spent) ÷ spent, benefit after ${count(start)} months`,
        [1, 3, 5]
          .map(
            (years) =>
              `${years === 1 ? '1 year' : `${years} years`} ${percent(returnPercent(investment, years, start))} of ${money(spent(years))}`,
          )
          .join('; '),
        proofs.ids(['m2.e7.a3', 'm2.e7.a4']),
      ),
      formula(
        'Payback',
        'months until the benefit + spent at first ÷ (value − each month’s cost)',
        duration(months),
        proofs.ids(['m2.e7.a4']),
      ),
      formula(
        'Hard savings only',
        'the same with people’s time alone',
        `${money(hard.value)} a month; payback ${duration(hardMonths)}`,
        proofs.ids(['m2.e7.a4']),
      ),
      '<h2>What we measured</h2>',
      `<ul>${measuredHtml(run, (id) => proofs.ids([id]))}</ul>`,
    ];
    const form = [
      '<h2>Yours</h2>',
      '<p>Basis: told by the customer, assumed, or measured. Write down who said it and when.</p>',
      paperTable(
        empty,
        costs.map(({ name }) => [escapeHtml(name), '', '', '', '']),
      ),
      '<h2>What comes out</h2>',
      paperTable(
        [
          ['Result', 52],
          ['Figure, and its horizon', 48],
        ],
        [
          'Cost a month',
          'Value a month',
          'Spent at first',
          'Spent each year',
          'Months until the benefit',
          'Return after 1, 3, 5 years',
          'Payback',
          'Hard savings only: return and payback',
          'What we measured, with the run',
        ].map((each) => [each, '']),
      ),
      '<p>Never present the share of cost saved as a return. Say the horizon with each percentage. Say first which line is a guess.</p>',
      '<p>A copy of the example’s file takes your figures: <code>make roi INPUTS=mine.yaml</code></p>',
    ];
    return `<div class="beside"><div>${example.join('')}</div><div class="form">${form.join('')}</div></div>`;
  };
}

function exampleCells(line: CostLine): string[] {
  const { name, quantity, unit, rate, saving } = line;
  return [
    `${escapeHtml(name)}: ${count(quantity)} ${escapeHtml(unit)} × ${money(rate)}`,
    money(costOf(line)),
    `${count(saving.percent)} % = ${money(savingOf(line))} (${escapeHtml(saving.basis)})`,
  ];
}

function formula(name: string, how: string, result: string, ids: string): string {
  return `<p><b>${escapeHtml(name)}</b> = ${escapeHtml(how)} = <b>${escapeHtml(result)}</b> ${ids}</p>`;
}

function duration(months: number | 'never'): string {
  return months === 'never' ? 'never' : `${halfUp(months, 2)} months`;
}

/** Figures that exercises of the run measured, under the words that they gave them. */
function measuredHtml({ exercises }: RunRecord, idHtml: (id: string) => string): string {
  const itemsOf = (id: string): string[] => {
    const found = exercises
      .filter(({ status, card }) => status === 'passed' && card?.proves.includes(id))
      .flatMap(({ findings }) => findings.filter(({ claim }) => claim.startsWith('measured: ')));
    const told = found
      .slice(0, mostMeasured)
      .map(({ claim, evidence }) => `${escapeHtml(sentence(claim))}: <b>${escapeHtml(evidence)}</b> ${idHtml(id)}`);
    if (told.length === 0) return [`nothing in this run ${idHtml(id)}`];
    return found.length === told.length
      ? told
      : [...told, `and ${found.length - told.length} more of ${idHtml(id)}, in the report`];
  };
  return measuredBy
    .flatMap(itemsOf)
    .map((item) => `<li>${item}</li>`)
    .join('');
}

function sentence(claim: string): string {
  const words = claim.replace('measured: ', '');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
