import { sweepLabs } from '../cluster/lab.ts';
/** Measures a warm run of the course on a lab of its own, and prints what took how long. */
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { prepareLab } from '../cluster/prepare.ts';
import { Progress } from '../cluster/progress.ts';
import { exitCodes } from '../problem.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  await prepareLab(new Progress(), false).then(({ engine }) => sweepLabs(engine));
  const progress = new Progress();
  const { engine, lab } = await prepareLab(progress, false);
  process.env['NETWORK_POLICY_ENFORCED'] = (await progress.timed('NetworkPolicy is enforced', enforcesNetworkPolicy))
    ? 'yes'
    : 'no';
  const { failed } = await progress.timed('lessons', async () => runLessons(await specFiles(undefined)));
  const memory = await engine.api.getContainer(lab.containerId).stats({ stream: false });
  await progress.timed('lab removed', () => sweepLabs(engine));
  process.stdout.write(`\n${'whole run'.padEnd(44)}${(progress.elapsedMs() / 1000).toFixed(1).padStart(7)} s\n`);
  for (const [what, ms] of Object.entries(progress.timings))
    process.stdout.write(`${what.padEnd(44)}${(ms / 1000).toFixed(1).padStart(7)} s\n`);
  process.stdout.write(
    `${'memory of the node at the end'.padEnd(44)}${(memory.memory_stats.usage / 2 ** 30).toFixed(2).padStart(7)} GiB\n`,
  );
  return failed > 0 ? exitCodes.failed : 0;
});
