/**
 * Starts a spec past the project's own commands, as people do, with a decoy cluster in the user's kubeconfig, and demands
 * that it runs on the lab, leaves its result where `make report` looks for it, never touches the decoy, and leaves the
 * user's home as it found it.
 */
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { refuseExisting } from '../lab/cluster.ts';
import { unlockLab } from '../lab/lock.ts';
import { prepareLab } from '../lab/prepare.ts';
import { readExerciseResults } from '../record/results.ts';
import { exitCodes } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { Progress } from '../system/progress.ts';
import { command } from './command.ts';

/** It uses both kubectl and istioctl, which keep things at home unless they are told another place. */
const path = '02-service-mesh-value/02-inert-configuration/03-analysis-names-the-alias';
const spec = `specs/${path}.spec.ts`;
const byApi = `import { startVitest } from 'vitest/node'; const run = await startVitest('test', ['${spec}'], { watch: false }); await run.close();`;

/** What is typed, by who types it. */
const ways: Readonly<Record<string, readonly string[]>> = {
  'a shell, npx vitest run': ['node_modules/vitest/vitest.mjs', 'run', spec],
  "an editor, vitest's API": ['--input-type=module', '--eval', byApi],
};

await command(async () => {
  refuseExisting('isolation');
  const progress = new Progress();
  await prepareLab(progress, false);
  unlockLab();
  let touched = 0;
  const decoy = createServer((connection) => {
    touched += 1;
    connection.destroy();
  });
  await once(decoy.listen(0, '127.0.0.1'), 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'isolation-'));
  const home = join(folder, 'home');
  await mkdir(join(home, '.kube'), { recursive: true });
  await writeFile(join(home, '.kube/config'), kubeconfig((decoy.address() as AddressInfo).port));
  const verdicts: boolean[] = [];
  try {
    for (const [way, argv] of Object.entries(ways)) {
      const results = join(folder, `results-${verdicts.length}`);
      const env = {
        HOME: home,
        KUBECONFIG: join(home, '.kube/config'),
        XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] || join(process.env['HOME'] ?? '', '.cache'),
        ALLURE_RESULTS: results,
      };
      const { exitCode, stdout, stderr } = await run(process.execPath, argv, { cwd: projectRoot, env });
      const found = await readExerciseResults(results).catch(() => []);
      const passed = found.some((each) => each.path === path && each.status === 'passed');
      const left = (await readdir(home, { recursive: true })).filter(
        (name) => !['.kube', '.kube/config'].includes(name),
      );
      const holds = exitCode === 0 && passed && touched === 0 && left.length === 0;
      verdicts.push(holds);
      const seen = `exit code ${exitCode}, ${passed ? 'passed on the lab' : 'no result'}, the decoy was asked ${touched} times, ${left.length} files more at home`;
      process.stdout.write(`${holds ? 'holds' : 'FAILS'}  ${way}: ${seen}\n`);
      if (!holds)
        process.stdout.write(`${left.slice(0, 10).join('\n')}\n${stdout.slice(-2000)}${stderr.slice(-2000)}\n`);
    }
  } finally {
    decoy.close();
    await rm(folder, { recursive: true, force: true });
  }
  return verdicts.every((holds) => holds) ? 0 : exitCodes.failed;
});

/** What a user has at home: one context, current, of a cluster that must not be touched. */
function kubeconfig(port: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'decoy',
    contexts: [{ name: 'decoy', context: { cluster: 'decoy', user: 'decoy' } }],
    clusters: [{ name: 'decoy', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'decoy', user: { token: 'none' } }],
  });
}
