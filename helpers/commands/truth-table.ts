/** Judges the lab's NetworkPolicy engine: every policy case against every call between nine pods, as grids. */
import { type CaseResult, truthTable } from '../../kind/netpol/truth-table.ts';
import { prepareCluster } from '../lab/cluster.ts';
import { exitCodes } from '../system/errors.ts';
import { must, run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { timeouts } from '../system/timeouts.ts';
import { command } from './command.ts';

const cluster = {
  exec: (namespace: string, pod: string, argv: readonly string[]) =>
    run('kubectl', ['--namespace', namespace, 'exec', pod, '--', ...argv]),
  apply: (yaml: string) => must('kubectl', ['apply', '-f', '-'], { input: yaml }),
  delete: (yaml: string) => must('kubectl', ['delete', '--ignore-not-found', '--wait', '-f', '-'], { input: yaml }),
  ready: (yaml: string) =>
    must('kubectl', ['wait', '--for=condition=Ready', `--timeout=${timeouts.podsReadyMs / 1000}s`, '-f', '-'], {
      input: yaml,
    }),
};

function report({ name, claim, cells, wrong, seconds, grids }: CaseResult): void {
  process.stdout.write(
    `\n${wrong.length === 0 ? 'holds' : 'FAILS'}  ${name}: ${claim} (${cells} calls, ${seconds.toFixed(1)} s)\n${grids}\n`,
  );
  for (const cell of wrong) process.stdout.write(`  ${cell}\n`);
}

await command(async () => {
  const progress = new Progress();
  await prepareCluster(progress, false);
  const results = await progress.timed('truth table', () => truthTable(cluster, report));
  const wrong = results.filter((result) => result.wrong.length > 0);
  const cells = results.reduce((sum, result) => sum + result.cells, 0);
  process.stdout.write(
    `\n${results.length - wrong.length} of ${results.length} policy cases hold, ${cells} calls judged\n`,
  );
  return wrong.length > 0 || results.length === 0 ? exitCodes.failed : 0;
});
