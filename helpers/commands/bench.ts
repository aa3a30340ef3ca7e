import { refuseExisting } from '../cluster/cluster.ts';
import { sweepLabs } from '../cluster/lab.ts';
/** Measures a warm run of the course on a lab of its own, and prints what took how long. */
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { prepareLab } from '../cluster/prepare.ts';
import { Progress } from '../cluster/progress.ts';
import { exitCodes } from '../problem.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  refuseExisting('bench');
  await prepareLab(new Progress(), false).then(({ engine }) => sweepLabs(engine));
  const progress = new Progress();
  const { engine, lab } = await prepareLab(progress, false);
  process.env['NETWORK_POLICY_ENFORCED'] = (await progress.timed('NetworkPolicy is enforced', enforcesNetworkPolicy))
    ? 'yes'
    : 'no';
  const { failed } = await progress.timed('lessons', async () => runLessons(await specFiles(undefined)));
  const nodes = [lab.containerId, ...lab.workerIds].map((id) => engine.api.getContainer(id).stats({ stream: false }));
  const memory = (await Promise.all(nodes)).reduce((sum, { memory_stats: { usage } }) => sum + usage, 0);
  await progress.timed('lab removed', () => sweepLabs(engine));
  process.stdout.write(`\n${'whole run'.padEnd(44)}${(progress.elapsedMs() / 1000).toFixed(1).padStart(7)} s\n`);
  for (const [what, ms] of Object.entries(progress.timings))
    process.stdout.write(`${what.padEnd(44)}${(ms / 1000).toFixed(1).padStart(7)} s\n`);
  process.stdout.write(
    `${'memory of the nodes at the end'.padEnd(44)}${(memory / 2 ** 30).toFixed(2).padStart(7)} GiB\n`,
  );
  return failed > 0 ? exitCodes.failed : 0;
});
