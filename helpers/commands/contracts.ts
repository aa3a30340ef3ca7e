import type { Contract, Site } from '../contracts/contract.ts';
import { contracts } from '../contracts/contracts.ts';
import { type Dependent, inDoubt, readDependents } from '../contracts/dependents.ts';
import { againstPins } from '../contracts/pulled.ts';
import { atSite } from '../contracts/site.ts';
/**
 * Asks the images in use, whichever they are, for everything that lessons rely on, one line each; of what does not hold,
 * the exercises that are in doubt. Kept for the report of the next course. ONLY=curl asks those whose name begins so.
 */
import { choices, usesStandIns } from '../lab/choices.ts';
import { prepareCluster } from '../lab/cluster.ts';
import { type ContractResult, inOneLine, writeContractRun } from '../runs/contract-run.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { must, run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

await command(async () => {
  const only = choices().ONLY ?? '';
  const chosen = contracts.filter(({ name }) => name.startsWith(only));
  if (chosen.length === 0) {
    const images = [...new Set(contracts.map(({ image }) => image))];
    throw new UsageProblem(`ONLY=${only} matches no contract`, `use the beginning of a name, e.g. ONLY=${images[1]}`);
  }
  const progress = new Progress();
  const startedAt = new Date().toISOString();
  const cluster = await prepareCluster(progress, false);
  const dependents = await readDependents();
  const standIns = usesStandIns(cluster.imageSource, choices());
  const withMesh =
    (await run('kubectl', ['get', 'mutatingwebhookconfiguration', 'istio-sidecar-injector'])).exitCode === 0;
  const results: ContractResult[] = [];
  await progress.timed('contracts', () =>
    atSite({ installed: withMesh, standIns }, async (site) => {
      for (const contract of chosen) {
        const result = await resultOf(contract, withMesh ? site : undefined, site, dependents);
        results.push(result);
        process.stdout.write(line(result));
      }
    }),
  );
  if (cluster.imageSource === 'upstream' && !standIns) {
    const nodes = JSON.parse((await must('kubectl', ['get', 'nodes', '-o', 'json'])).stdout) as NodeList;
    const onNodes = nodes.items.flatMap(({ status }) => (status.images ?? []).map(({ names = [] }) => names));
    process.stdout.write(`\n${againstPins(onNodes).join('\n')}\n`);
  }
  if (only === '') await writeContractRun({ startedAt, imageSource: cluster.imageSource, results });
  const count = (state: ContractResult['state']) => results.filter((each) => each.state === state).length;
  process.stdout.write(
    `\n${count('holds')} contracts hold, ${count('broken')} are broken, ${count('not asked')} were not asked\n`,
  );
  return count('broken') > 0 || count('holds') === 0 ? exitCodes.failed : 0;
});

interface NodeList {
  readonly items: readonly {
    readonly status: { readonly images?: readonly { readonly names?: readonly string[] }[] };
  }[];
}

async function resultOf(
  { name, image, expected, usedBy, alsoUsedBy, inMesh, isAbsent, ask, holds }: Contract,
  mesh: Site | undefined,
  site: Site,
  dependents: readonly Dependent[],
): Promise<ContractResult> {
  const told = {
    name,
    image,
    expected,
    usedBy: [...inDoubt(dependents, usedBy), ...(alsoUsedBy === undefined ? [] : [alsoUsedBy])],
  };
  if (inMesh === true && mesh === undefined) return { ...told, seen: 'Istio is not installed', state: 'not asked' };
  const seen = await ask(site).catch((error: unknown) => `could not be asked: ${String(error)}`);
  if (isAbsent?.(seen) === true) return { ...told, seen: inOneLine(seen), state: 'not asked' };
  return { ...told, seen: inOneLine(seen), state: holds(seen) ? 'holds' : 'broken' };
}

function line({ name, expected, seen, state, usedBy }: ContractResult): string {
  const doubt = state === 'broken' ? `\n           in doubt: ${usedBy.join(', ') || 'nothing that is taught'}` : '';
  return `${state.padEnd(11)}${name.padEnd(27)}${expected}\n           seen: ${seen}${doubt}\n`;
}
