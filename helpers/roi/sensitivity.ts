import type { Inputs } from './inputs.ts';
import { investmentOf, netValue } from './investment.ts';

/** What the result becomes when one input alone is half as much, or half as much again. */
export interface Swing {
  readonly input: string;
  /** Net value in dollars with the input at 50 % and at 150 %. */
  readonly low: number;
  readonly high: number;
}

const most = 100;

/** Swings of the net value after so many years, the widest first. A saving is never raised above 100 %. */
export function sensitivity(inputs: Inputs, years: number): Swing[] {
  return variations(inputs)
    .map(({ input, at }) => ({ input, low: result(at(0.5), years), high: result(at(1.5), years) }))
    .toSorted((a, b) => Math.abs(b.high - b.low) - Math.abs(a.high - a.low));
}

function result(inputs: Inputs, years: number): number {
  return netValue(investmentOf(inputs), years, inputs.adopt.benefitAfterMonths);
}

function variations(inputs: Inputs): { input: string; at: (factor: number) => Inputs }[] {
  const { adopt, infrastructure } = inputs;
  const work = (factor: number, { engineers, months }: Inputs['adopt']['learning']) => ({
    engineers: engineers * factor,
    months,
  });
  return [
    ...inputs.costs.flatMap((line, index) => [
      {
        input: `${line.name}: ${line.unit} or rate`,
        at: (factor: number) => withCost(inputs, index, { ...line, rate: line.rate * factor }),
      },
      {
        input: `${line.saving.name}: share saved`,
        at: (factor: number) => {
          const percent = Math.min(most, line.saving.percent * factor);
          return withCost(inputs, index, { ...line, saving: { ...line.saving, percent } });
        },
      },
    ]),
    {
      input: 'Learning and migration: effort',
      at: (factor) => ({
        ...inputs,
        adopt: { ...adopt, learning: work(factor, adopt.learning), migration: work(factor, adopt.migration) },
      }),
    },
    {
      input: 'Operating the mesh: engineers',
      at: (factor) => ({ ...inputs, adopt: { ...adopt, operationsEngineers: adopt.operationsEngineers * factor } }),
    },
    {
      input: 'Months before the benefit begins',
      at: (factor) => ({ ...inputs, adopt: { ...adopt, benefitAfterMonths: adopt.benefitAfterMonths * factor } }),
    },
    {
      input: 'Machines: price',
      at: (factor) => ({
        ...inputs,
        infrastructure: {
          ...infrastructure,
          dollarsPerCpu: infrastructure.dollarsPerCpu * factor,
          dollarsPerGiB: infrastructure.dollarsPerGiB * factor,
        },
      }),
    },
  ];
}

function withCost(inputs: Inputs, index: number, line: Inputs['costs'][number]): Inputs {
  return { ...inputs, costs: inputs.costs.with(index, line) };
}
