import { expect, test } from 'vitest';

import { netValueChart, sensitivityChart } from './charts.ts';
import { readExample } from './example.ts';
import { investmentOf, netByMonth, netValue, paybackMonths } from './investment.ts';
import { sensitivity } from './sensitivity.ts';

const inputs = await readExample();
const swings = sensitivity(inputs, 3);
const of = (input: string) => swings.find((swing) => swing.input.startsWith(input));
const base = netValue(investmentOf(inputs), 3, inputs.adopt.benefitAfterMonths);

test('the widest swing comes first', () => {
  const widths = swings.map(({ low, high }) => Math.abs(high - low));
  expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  expect(swings[0]?.input).toMatch(/feature delivery/);
});

test('half a value takes half of its benefit, for every month with benefit', () => {
  expect(of('Delayed feature delivery')).toMatchObject({ low: base - 25_000 * 33, high: base + 25_000 * 33 });
});

test('a saving of 100 % is not raised beyond it', () => {
  expect(of('Zero deployment downtime')).toMatchObject({ low: base - 20_000 * 33, high: base });
});

test('dearer operations lower the result', () => {
  expect(of('Operating the mesh')).toMatchObject({ low: base + 75_000 * 3, high: base - 75_000 * 3 });
});

test('net value passes zero in the month of the payback', () => {
  const investment = investmentOf(inputs);
  const payback = Number(paybackMonths(investment, 3));
  const net = netByMonth(investment, 12, 3);
  expect(net[0]).toBe(-250_000);
  expect(net[3]).toBe(-250_000);
  expect(net[Math.floor(payback)]).toBeLessThan(0);
  expect(net[Math.ceil(payback)]).toBeGreaterThan(0);
});

test('the pictures stand alone, say when it is paid back, and name every input', () => {
  expect(netValueChart(inputs)).toMatch(/^<svg xmlns=.*paid back after 5\.4 months/s);
  const picture = sensitivityChart(inputs, 3);
  expect(swings.filter(({ input }) => !picture.includes(input))).toEqual([]);
});

test('a mesh that costs more than it brings in is never paid back, and the picture says so', () => {
  const dear = { ...inputs, adopt: { ...inputs.adopt, operationsEngineers: 10 } };
  expect(netValueChart(dear)).toContain('never paid back');
});
