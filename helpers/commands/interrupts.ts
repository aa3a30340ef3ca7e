/**
 * Interrupts the course at ten moments, by Ctrl-C, SIGTERM and SIGKILL in turn, beside a container and a kubeconfig that
 * are none of its business, and demands that nothing is left behind and nothing of others touched.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { refuseExisting } from '../cluster/cluster.ts';
import { traces } from '../cluster/engine/traces.ts';
import { sweepLabs } from '../cluster/lab.ts';
import { prepareLab } from '../cluster/prepare.ts';
import { Progress } from '../cluster/progress.ts';
import { converge } from '../convergence.ts';
import { projectRoot, reportsDir } from '../places.ts';
import { exitCodes } from '../problem.ts';
import { run } from '../program.ts';
import { timeouts } from '../timeouts.ts';
import { command } from './command.ts';

/** Seconds after the start: engine, node, Istio, first lessons. */
const moments = [1, 2, 4, 7, 10, 13, 16, 20, 25, 30];
const signals = ['INT', 'TERM', 'KILL'] as const;
const decoy = 'apiVersion: v1\nkind: Config\nclusters: [{ name: decoy, cluster: { server: "https://127.0.0.1:1" } }]\n';

await command(async () => {
  refuseExisting('interrupts');
  const progress = new Progress();
  const { engine, lab } = await prepareLab(progress, false);
  if (!lab.kept) await sweepLabs(engine);
  const folder = await mkdtemp(join(tmpdir(), 'bystander-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, decoy);
  const tags = (await engine.api.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const image = tags.find((tag) => tag.includes('/curl:'));
  const foreign = await engine.api.createContainer({ Image: image ?? '', Entrypoint: ['sleep', 'infinity'] });
  await foreign.start();
  const report = join(reportsDir, 'html/index.html');
  const reportBefore = await stat(report).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  const before = await traces(engine);
  let wrong = 0;
  try {
    for (const [index, seconds] of moments.entries()) {
      const signal = signals[index % signals.length] ?? 'INT';
      const course = [process.execPath, '--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
      await run('timeout', [`--signal=${signal}`, `${seconds}s`, ...course], {
        cwd: projectRoot,
        env: { ONLY: 'm1.e4.a1', KUBECONFIG: kubeconfig },
      });
      const { last, waitedMs } = await converge(
        async () => (await traces(engine)).filter((trace) => !before.includes(trace)),
        (left) => left.length === 0,
        { deadlineMs: timeouts.namespaceGoneMs },
      );
      const gone =
        last.length === 0 ? `nothing left after ${(waitedMs / 1000).toFixed(1)} s` : `LEFT: ${last.join('; ')}`;
      progress.say(`SIG${signal} after ${seconds} s: ${gone}`);
      if (last.length > 0) wrong += 1;
    }
    const lost = before.filter((trace) => !trace.startsWith('process '));
    const after = await traces(engine);
    const missing = lost.filter((trace) => !after.includes(trace));
    const reportAfter = await stat(report).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    const touched = [
      ...missing,
      ...((await readFile(kubeconfig, 'utf8')) === decoy ? [] : ['the kubeconfig in the environment']),
      ...(reportAfter === reportBefore ? [] : ['the last report']),
    ];
    progress.say(
      touched.length === 0
        ? 'nothing of others was touched, and the last report is there'
        : `TOUCHED: ${touched.join('; ')}`,
    );
    wrong += touched.length;
  } finally {
    await foreign.remove({ force: true, v: true });
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${moments.length} interruptions, ${wrong} left or touched something\n`);
  return wrong === 0 ? 0 : exitCodes.failed;
});
