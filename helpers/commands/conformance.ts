/** Judges the lab's NetworkPolicy engine by Kubernetes' own end-to-end specs; runs on the lab that is up, if one is. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import { agnhostImage, networkPolicySpecs, suiteVersion } from '../../kind/conformance.ts';
import { agnhost, e2eSuite } from '../lab/assemble/e2e-suite.ts';
import { localPrefix } from '../lab/assemble/image.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { type Engine, findEngine } from '../lab/engine/engine.ts';
import { loadImage } from '../lab/images/load-image.ts';
import { findLab, type Lab } from '../lab/lab.ts';
import { lockLab } from '../lab/lock.ts';
import { prepareLab } from '../lab/prepare.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { stateDir } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';
import { type SpecResult, specResults } from './ginkgo-report.ts';

/** Specs run at a time: they spend most of their time waiting for calls that get no answer. */
const sideBySide = 2 * availableParallelism();

/** The lab that is up, as it is; else one that goes when this command ends. */
async function labToJudge(progress: Progress): Promise<{ engine: Engine; lab: Lab }> {
  await lockLab();
  const engine = await findEngine();
  const lab = engine === undefined ? undefined : await findLab(engine);
  if (engine === undefined || lab === undefined) return prepareLab(progress, false);
  progress.say(`the lab that is up is judged as it is: ${lab.node}`);
  return { engine, lab };
}

const words = { passed: 'passes', skipped: 'skipped', failed: 'FAILS' } as const;

function print({ title, outcome, seconds, reason }: SpecResult): void {
  process.stdout.write(`${words[outcome].padEnd(7)}  ${title} (${seconds.toFixed(0)} s)\n`);
  if (reason !== '') process.stdout.write(`         ${reason.replaceAll('\n', '\n         ')}\n`);
}

/** @throws if the suite ended without one */
async function report(results: string, exitCode: number): Promise<string> {
  try {
    return await readFile(join(results, 'report.json'), 'utf8');
  } catch (cause) {
    throw new Error(`the suite exited with ${exitCode} and left no report`, { cause });
  }
}

await command(async () => {
  refuseExisting('conformance');
  if (versions.kubernetes !== suiteVersion) {
    throw new UsageProblem(
      `the suite is that of Kubernetes ${suiteVersion}, and a suite judges its own release`,
      `make conformance KUBERNETES=${suiteVersion}`,
    );
  }
  const progress = new Progress();
  const { engine, lab } = await labToJudge(progress);
  const suite = await progress.timed("Kubernetes' end-to-end suite: go test -c", e2eSuite);
  // A node with upstream's images pulls this one too.
  if (lab.node.startsWith(localPrefix)) {
    await progress.timed('image of its pods', async () =>
      loadImage(engine, lab, await agnhost(engine, suite), agnhostImage),
    );
  }
  const results = join(stateDir, 'conformance');
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });
  const ginkgo = [
    `--procs=${sideBySide}`,
    `--focus=${networkPolicySpecs.focus}`,
    `--skip=${networkPolicySpecs.skip}`,
    `--output-dir=${results}`,
    '--json-report=report.json',
    '--junit-report=junit.xml',
    '--silence-skips',
    '--no-color',
  ];
  const suiteFlags = ['--provider=skeleton', `--kubeconfig=${lab.kubeconfig}`];
  const { exitCode } = await progress.timed(`NetworkPolicy specs, ${sideBySide} at a time`, () =>
    run(suite.runner, [...ginkgo, suite.suite, '--', ...suiteFlags], { live: true }),
  );
  const specs = specResults(await report(results, exitCode));
  process.stdout.write('\n');
  for (const spec of specs.toSorted((a, b) => a.title.localeCompare(b.title, 'en'))) print(spec);
  const count = (outcome: SpecResult['outcome']) => specs.filter((spec) => spec.outcome === outcome).length;
  process.stdout.write(
    `\n${count('passed')} of ${specs.length} NetworkPolicy specs of Kubernetes pass, ${count('failed')} fail, ${count('skipped')} are skipped; report: ${join(results, 'junit.xml')}\n`,
  );
  return exitCode === 0 && specs.length > 0 && count('passed') === specs.length ? 0 : exitCodes.failed;
});
