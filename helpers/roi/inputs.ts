import { readFile } from 'node:fs/promises';

import { parseDocument } from 'yaml';

import { UsageProblem } from '../system/errors.ts';
import { type Basis, percentage, quantities, readCost, stated } from './cost-line.ts';
import { Fields } from './fields.ts';
import { namespaceFaults, readNamespaces } from './namespaces.ts';

/** A figure before and after the change. */
export type Change = ReturnType<typeof readChange>;
/** Everything the calculator knows about a customer. */
export type Inputs = ReturnType<typeof readAll>;
/** Inputs of a customer who also told of deliveries, of building instead, and of how the team's time goes. */
export type WholeInputs = Inputs & {
  readonly [Part in 'dora' | 'build']: NonNullable<Inputs[Part]>;
};

/** What a measurement may have to do with, besides the lines of the costs. */
export const otherFigures = ['machines and their prices', 'adoption', 'recovery time'] as const;

const people = [0, 100_000] as const;
const months = [0, 120] as const;

/** @throws {UsageProblem} if the file cannot be read, or a figure in it is missing, misspelt or out of range */
export async function readInputs(file: string): Promise<Inputs> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageProblem(`there is no inputs file ${file}`, 'type e.g.: make roi INPUTS=mine.yaml');
  });
  return parseInputs(text, file);
}

/** As {@link readInputs}, out of the text itself; `file` is for the messages. */
export function parseInputs(text: string, file: string): Inputs {
  const document = parseDocument(text);
  const error = document.errors[0];
  const isNot = (why: string) => new UsageProblem(`${file} is no YAML: ${why.split(':\n')[0] ?? ''}`, `mend ${file}`);
  if (error !== undefined) throw isNot(error.message);
  let values: unknown;
  try {
    values = document.toJS();
  } catch (problem) {
    // Such as an alias of nothing.
    throw isNot((problem as Error).message);
  }
  const inputs = new Fields(values, file).whole(readAll);
  const unfit = namespaceFaults(inputs);
  if (unfit !== undefined) throw new UsageProblem(unfit, `correct namespaces in ${file}, or leave it out`);
  const figures: readonly string[] = [...inputs.costs.map(({ name }) => name), ...otherFigures];
  const lost = inputs.relatedMeasurements.find(({ relatesTo }) => !figures.includes(relatesTo));
  if (lost === undefined) return inputs;
  throw new UsageProblem(
    `relatedMeasurements: ${JSON.stringify(lost.relatesTo)} is no figure of the file; accepted: ${figures.join(', ')}`,
    `correct relatedMeasurements in ${file}`,
  );
}

/**
 * The inputs with nothing left out.
 *
 * @throws {UsageProblem} if the customer told nothing of deliveries, or of building instead
 */
export function wholeInputs(inputs: Inputs, file: string): WholeInputs {
  const { dora, build } = inputs;
  if (dora !== undefined && build !== undefined) return { ...inputs, dora, build };
  const missing = dora === undefined ? 'dora' : 'build';
  throw new UsageProblem(`${missing} is missing in ${file}`, `take it over from rapidscale.yaml into ${file}`);
}

function readAll(fields: Fields) {
  return {
    company: fields.text('company'),
    persona: fields.text('persona'),
    team: fields.within('team', (team) => ({
      developers: team.number('developers', [1, 100_000]),
      operationsEngineers: team.number('operationsEngineers', [1, 100_000]),
      services: team.number('services', people),
      hoursPerMonth: team.number('hoursPerMonth', [1, 744]),
      infrastructurePercent: team.numberIfGiven('infrastructurePercent', percentage),
      monitoringHoursPerService: team.numberIfGiven('monitoringHoursPerService', quantities),
      basis: team.choice('basis', stated),
      /** Names of figures that were counted on the customer's cluster, whatever the basis of the others. */
      counted: team.textIfGiven('counted'),
    })),
    costs: fields.each('costs', readCost),
    engineerPerYear: fields.number('engineerPerYear', [1, 10_000_000]),
    adopt: fields.within('adopt', readAdoption),
    build: fields.withinIfGiven('build', (build) => ({
      engineers: build.number('engineers', [0.1, 100_000]),
      months: build.number('months', [1, 120]),
      parityMonths: build.within('parityMonths', (parity) => readRange(parity, [1, 240])),
      maintenanceEngineers: build.number('maintenanceEngineers', people),
      basis: build.choice('basis', stated),
    })),
    infrastructure: fields.within('infrastructure', (machines) => ({
      dataPlane: machines.choice('dataPlane', ['sidecar', 'ambient']),
      pods: machines.number('pods', quantities),
      nodes: machines.number('nodes', [1, 1_000_000]),
      waypoints: machines.number('waypoints', quantities),
      dollarsPerCpu: machines.number('dollarsPerCpu', quantities),
      dollarsPerGiB: machines.number('dollarsPerGiB', quantities),
      basis: machines.choice('basis', stated),
      /** As of the team. */
      counted: machines.textIfGiven('counted'),
    })),
    namespaces: fields.withinIfGiven('namespaces', readNamespaces),
    dora: fields.withinIfGiven('dora', (dora) => ({
      deploymentsPerWeek: dora.within('deploymentsPerWeek', (change) => readChange(change, [0.001, 100_000])),
      leadTimeDays: dora.within('leadTimeDays', (days) => ({
        before: days.within('before', (before) => readRange(before, [0.001, 3650])),
        after: days.within('after', (after) => readRange(after, [0, 3650])),
        basis: days.choice('basis', stated),
      })),
      changeFailurePercent: dora.within('changeFailurePercent', (change) => readChange(change, [0.001, 100])),
      recoverySeconds: dora.within('recoverySeconds', (change) => readChange(change, [0.001, 31_536_000])),
    })),
    relatedMeasurements: fields.eachIfGiven('relatedMeasurements', readRelated),
  };
}

/** What the course measures that has to do with a figure and does not take its place. */
function readRelated(related: Fields) {
  return {
    /** Exercise that measures it, e.g. `m6.e4.a3`. */
    measuredBy: related.text('measuredBy'),
    /** A line of the costs, or one of {@link otherFigures}. */
    relatesTo: related.text('relatesTo'),
    notUsedBecause: related.text('notUsedBecause'),
  };
}

function readAdoption(adopt: Fields) {
  const work = (part: Fields) => ({
    engineers: part.number('engineers', people),
    months: part.number('months', months),
  });
  const read = {
    learning: adopt.within('learning', work),
    migration: adopt.within('migration', work),
    operationsEngineers: adopt.number('operationsEngineers', people),
    benefitAfterMonths: adopt.number('benefitAfterMonths', months),
    basis: adopt.choice('basis', stated),
  };
  const { learning, migration } = read;
  if (learning.engineers * learning.months + migration.engineers * migration.months === 0) {
    adopt.refuse('migration', 'more than 0 engineer-months of learning and migration: no investment has no return');
  }
  return read;
}

function readRange(range: Fields, accepted: readonly [number, number]) {
  const best = range.number('best', accepted);
  return { best, worst: range.number('worst', [best, accepted[1]]) };
}

function readChange(change: Fields, accepted: readonly [number, number]) {
  return {
    before: change.number('before', accepted),
    after: change.number('after', [0, accepted[1]]),
    basis: change.choice('basis', stated) as Basis,
    /** Exercise whose measurement takes the place of `after`. */
    measuredBy: change.textIfGiven('measuredBy'),
  };
}
