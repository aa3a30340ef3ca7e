/** Pictures of the calculation, as SVG. */
import * as Plot from '@observablehq/plot';

import { plot } from '../draw/charts.ts';
import { money } from './figures.ts';
import type { Inputs } from './inputs.ts';
import { investmentOf, netByMonth, netValue, paybackMonths } from './investment.ts';
import { sensitivity } from './sensitivity.ts';

const blue = '#0072b2';
const orange = '#e69f00';
const millions = (dollars: number) => `${dollars < 0 ? '−' : ''}$${Math.abs(dollars / 1e6).toFixed(1)}M`;

/** Everything brought in less everything spent, month by month, with the month in which it passes zero. */
export function netValueChart(inputs: Inputs, months = 24): string {
  const start = inputs.adopt.benefitAfterMonths;
  const investment = investmentOf(inputs);
  const net = netByMonth(investment, months, start).map((dollars, month) => ({ month, dollars }));
  const payback = paybackMonths(investment, start);
  const mark = payback === 'never' || payback > months ? [] : [{ month: payback, dollars: 0 }];
  const paid = payback === 'never' ? 'never paid back' : `paid back after ${payback.toFixed(1)} months`;
  return plot({
    height: 340,
    marginLeft: 70,
    marginTop: 30,
    marginBottom: 50,
    x: { label: 'months since the work began', labelOffset: 40, grid: true },
    y: { label: 'net value so far', grid: true, tickFormat: millions, ticks: 6 },
    marks: [
      Plot.areaY(net, { x: 'month', y: 'dollars', fill: blue, fillOpacity: 0.12 }),
      Plot.lineY(net, { x: 'month', y: 'dollars', stroke: blue, strokeWidth: 2.5 }),
      Plot.ruleY([0]),
      Plot.dot(mark, { x: 'month', y: 'dollars', r: 6, fill: '#c62828' }),
      Plot.text([paid], { frameAnchor: 'top-left', dx: 14, dy: 12, fontWeight: 'bold' }),
    ],
  });
}

/** One bar for each input, widest first: net value with that input alone at half, and at half as much again. */
export function sensitivityChart(inputs: Inputs, years: number): string {
  const base = netValue(investmentOf(inputs), years, inputs.adopt.benefitAfterMonths);
  const swings = sensitivity(inputs, years);
  const ends = swings.flatMap(({ input, low, high }) => [
    { input, end: low, at: 'at 50 %' },
    { input, end: high, at: 'at 150 %' },
  ]);
  return plot({
    height: 100 + 26 * swings.length,
    marginLeft: 30 + 6.8 * Math.max(...swings.map(({ input }) => input.length)),
    marginRight: 30,
    marginTop: 60,
    marginBottom: 40,
    x: {
      label: `net value after ${years} years`,
      grid: true,
      tickFormat: millions,
      axis: 'top',
      labelOffset: 50,
      ticks: 5,
    },
    y: { label: null, domain: swings.map(({ input }) => input) },
    color: { domain: ['at 50 %', 'at 150 %'], range: [orange, blue] },
    marks: [
      Plot.barX(ends, { x1: base, x2: 'end', y: 'input', fill: 'at' }),
      Plot.ruleX([base]),
      Plot.text([`orange: at 50 %, blue: at 150 %, line: ${money(base)}`], { frameAnchor: 'bottom-right', dy: 18 }),
    ],
  });
}
