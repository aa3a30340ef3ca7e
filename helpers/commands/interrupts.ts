/**
 * Interrupts the course at ten moments, by Ctrl-C, SIGTERM and SIGKILL in turn, beside a container, another checkout's
 * lab and a kubeconfig that are none of its business, and demands that nothing is left behind and nothing of others
 * touched.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { refuseExisting } from '../lab/cluster.ts';
import { removeWithThisProcess } from '../lab/engine/checkout.ts';
import { traces } from '../lab/engine/leftovers.ts';
import { startNode } from '../lab/k3s.ts';
import { sweepLabs } from '../lab/lab.ts';
import { unlockLab } from '../lab/lock.ts';
import { prepareLab } from '../lab/prepare.ts';
import { exitCodes } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { must, run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { timeouts } from '../system/timeouts.ts';
import { command } from './command.ts';

/** Seconds after the start: engine, node, Istio, first lessons. */
const moments = [1, 2, 4, 7, 10, 13, 16, 20, 25, 30];
const signals = ['INT', 'TERM', 'KILL'] as const;
/** By it the processes of an interrupted course are known. */
const mark = ['MESH_MASTERY_INTERRUPTED', randomUUID()] as const;
const decoy = 'apiVersion: v1\nkind: Config\nclusters: [{ name: decoy, cluster: { server: "https://127.0.0.1:1" } }]\n';

await command(async () => {
  refuseExisting('interrupts');
  const progress = new Progress();
  const { engine, lab } = await prepareLab(progress, false);
  unlockLab();
  if (!lab.kept) await sweepLabs(engine);
  const folder = await mkdtemp(join(tmpdir(), 'bystander-'));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, decoy);
  const tags = (await engine.api.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  const image = tags.find((tag) => tag.includes('/curl:'));
  const foreign = await engine.api.createContainer({ Image: image ?? '', Entrypoint: ['sleep', 'infinity'] });
  removeWithThisProcess(engine, foreign.id);
  await foreign.start();
  const secondLab = await progress.timed("another checkout's lab", () =>
    startNode(engine, lab.node, { 'mesh-mastery.dev/checkout': 'another' }),
  );
  removeWithThisProcess(engine, secondLab.containerId);
  const secondKubeconfig = join(folder, 'second-lab');
  await writeFile(secondKubeconfig, secondLab.kubeconfig, { mode: 0o600 });
  /** Everything that the other checkout has in its lab, and since when. */
  const inSecondLab = async () => {
    const get = ['get', 'namespaces', '-o', 'custom-columns=:metadata.name,:metadata.uid', '--kubeconfig'];
    return (await run('kubectl', [...get, secondKubeconfig])).stdout;
  };
  await must('kubectl', ['create', 'namespace', 'm1-e4-of-the-other', '--kubeconfig', secondKubeconfig]);
  const secondLabBefore = await inSecondLab();
  const report = join(reportsDir, 'html/index.html');
  const reportBefore = await stat(report).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  const before = await traces(engine, mark.join('='));
  let wrong = 0;
  try {
    for (const [index, seconds] of moments.entries()) {
      const signal = signals[index % signals.length] ?? 'INT';
      const course = [process.execPath, '--disable-warning=ExperimentalWarning', 'helpers/commands/course.ts'];
      await run('timeout', [`--signal=${signal}`, `${seconds}s`, ...course], {
        cwd: projectRoot,
        // Every other time with a second cluster on its way.
        env: { [mark[0]]: mark[1], ONLY: 'm1.e4.a1', KUBECONFIG: kubeconfig, CLUSTERS: index % 2 === 0 ? '' : '2' },
      });
      const { last, waitedMs } = await converge(
        async () => (await traces(engine, mark.join('='))).filter((trace) => !before.includes(trace)),
        (left) => left.length === 0,
        { deadlineMs: timeouts.namespaceGoneMs },
      );
      const gone =
        last.length === 0 ? `nothing left after ${(waitedMs / 1000).toFixed(1)} s` : `LEFT: ${last.join('; ')}`;
      progress.say(`SIG${signal} after ${seconds} s: ${gone}`);
      if (last.length > 0) wrong += 1;
    }
    const after = await traces(engine, mark.join('='));
    const missing = before.filter((trace) => !after.includes(trace));
    const reportAfter = await stat(report).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    const touched = [
      ...missing,
      ...((await readFile(kubeconfig, 'utf8')) === decoy ? [] : ['the kubeconfig in the environment']),
      ...((await inSecondLab()) === secondLabBefore ? [] : ["the other checkout's lab"]),
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
    await engine.api.getContainer(secondLab.containerId).remove({ force: true, v: true });
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${moments.length} interruptions, ${wrong} left or touched something\n`);
  return wrong === 0 ? 0 : exitCodes.failed;
});
