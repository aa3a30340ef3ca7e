/** Every policy case against every call between nine pods, on a live cluster: the judge of whatever enforces policies. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type Case, cases } from './truth-table/cases.ts';
import { allManifests, podManifests } from './truth-table/pods.ts';
import { type Addresses, type Cluster, inside, probeAll } from './truth-table/probe.ts';
import { differences, drawGrids, expectedGrid, type Grid, names } from './truth-table/reachability.ts';

/** Outcome of a case. `wrong` lists the calls that did not go as expected; none means that the case holds. */
export interface CaseResult {
  readonly name: string;
  readonly claim: string;
  readonly cells: number;
  readonly wrong: readonly string[];
  readonly seconds: number;
  /** Expected and observed reachability, drawn side by side. */
  readonly grids: string;
}

/** For how long a case may stay wrong: a rule set is in force within a second, but a busy machine answers late. */
const settleMs = 15_000;
/** Right grids in a row that count: the first may still show the case before, if that one expected the same. */
const enough = 2;

/** Puts the pods up and returns when each is ready. */
export async function raiseCast(cluster: Cluster): Promise<Addresses> {
  await cluster.apply(allManifests());
  await cluster.ready(podManifests());
  const ask = async (name: string): Promise<[string, string]> => {
    const { exitCode, stdout } = await inside(cluster, name, ['printenv', 'ADDRESS']);
    if (exitCode !== 0 || stdout.trim() === '') throw new Error(`pod ${name} is ready, but has no address`);
    return [name, stdout.trim()];
  };
  return new Map(await Promise.all(names.map(ask)));
}

/** Removes the pods and their namespaces. */
export async function removeCast(cluster: Cluster): Promise<void> {
  await cluster.delete(allManifests());
}

/** Applies a case, probes every cell until all are as expected or time is up, and takes the case away again. */
export async function checkCase(cluster: Cluster, addresses: Addresses, one: Case): Promise<CaseResult> {
  const began = performance.now();
  const expected = expectedGrid(one.expect);
  const manifests = await Promise.all(
    one.policies.map(async (file) => withAddresses(await policyText(file), addresses)),
  );
  const steps = [...(one.changes ?? []), ...manifests];
  for (const step of steps) await cluster.apply(step);
  let observed: Grid;
  let rightInARow = 0;
  do {
    observed = await probeAll(cluster, addresses);
    rightInARow = differences(expected, observed).length === 0 ? rightInARow + 1 : 0;
    // A right grid is confirmed or refuted even if time is up.
  } while (rightInARow < enough && (rightInARow > 0 || performance.now() - began < settleMs));
  for (const manifest of new Set(manifests)) await cluster.delete(manifest);
  if (one.changes !== undefined) await cluster.apply(allManifests());
  return {
    name: one.name,
    claim: one.claim,
    cells: expected.size,
    wrong: differences(expected, observed).map((cell) => `${cell} is ${observed.get(cell)}, not ${expected.get(cell)}`),
    seconds: (performance.now() - began) / 1000,
    grids: drawGrids(expected, observed),
  };
}

/** The whole table, case after case, each reported as it ends. The pods are gone afterwards, whatever happened. */
export async function truthTable(cluster: Cluster, report: (result: CaseResult) => void): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  try {
    const addresses = await raiseCast(cluster);
    for (const one of cases) {
      const result = await checkCase(cluster, addresses, one);
      report(result);
      results.push(result);
    }
  } finally {
    await removeCast(cluster);
  }
  return results;
}

async function policyText(file: string): Promise<string> {
  return readFile(join(import.meta.dirname, 'truth-table', file), 'utf8');
}

/** ipBlocks need addresses that are known only now: the manifests say e.g. `ADDRESS_OF_bank/clerk`. */
function withAddresses(text: string, addresses: Addresses): string {
  return text.replaceAll(/ADDRESS_OF_(\w+\/\w+)/g, (_, name: string) => addresses.get(name) ?? name);
}
