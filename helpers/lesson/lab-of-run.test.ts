import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { projectRoot } from '../system/paths.ts';
import { run } from '../system/program.ts';

const spec = 'specs/01-foundation/02-flat-network/01-lets-the-attacker-in.spec.ts';
const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');

/** A vitest of its own starts in two seconds, and in far more where the machine is busy. */
const limitMs = 120_000;

let folder = '';
let decoy: Server;
/** Connections to the cluster that the user's own configuration names. */
let touched = 0;
let env: Record<string, string> = {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ways-in-'));
  touched = 0;
  decoy = createServer((connection) => {
    touched += 1;
    connection.destroy();
  });
  await once(decoy.listen(0, '127.0.0.1'), 'listening');
  const server = `https://127.0.0.1:${(decoy.address() as AddressInfo).port}`;
  const kubeconfig = `apiVersion: v1
kind: Config
current-context: decoy
contexts: [{ name: decoy, context: { cluster: decoy, user: decoy } }]
clusters: [{ name: decoy, cluster: { server: "${server}", insecure-skip-tls-verify: true } }]
users: [{ name: decoy, user: { token: none } }]
`;
  await mkdir(join(folder, '.kube'));
  await writeFile(join(folder, '.kube/config'), kubeconfig);
  await writeFile(join(folder, 'config'), kubeconfig);
  // A state folder in which no lab is up, whatever this checkout has.
  env = { HOME: folder, KUBECONFIG: join(folder, 'config'), MESH_MASTERY_STATE: join(folder, 'state') };
  await mkdir(join(folder, 'state'));
});
afterEach(async () => {
  decoy.close();
  await rm(folder, { recursive: true, force: true });
});

/** An editor's test runner starts vitest by its API, in a process of its own. */
const byApi = `import { startVitest } from 'vitest/node'; await startVitest('test', ['${spec}'], { watch: false });`;
/** A configuration of somebody else's, which knows nothing of labs. */
const pastConfiguration = ['--config', '{config}', '--root', projectRoot];

test.each([
  { way: 'by npx vitest, in a job', argv: [vitest, 'run', spec], more: { CI: 'true' } },
  { way: 'with ~/.kube/config alone', argv: [vitest, 'run', '--project', 'lessons', spec], more: { KUBECONFIG: '' } },
  { way: "by vitest's API, as editors do", argv: ['--input-type=module', '--eval', byApi] },
  { way: "past the project's configuration", argv: [vitest, 'run', ...pastConfiguration, spec] },
  { way: 'with the marks of a prepared run', argv: [vitest, 'run', spec], more: { NETWORK_POLICY_ENFORCED: 'yes' } },
])(
  'a spec started $way has no lab, says what to type, and touches no other cluster',
  async ({ argv, more }) => {
    const config = join(folder, 'vitest.config.mjs');
    await writeFile(config, "export default { test: { include: ['specs/**/*.spec.ts'] } };\n");
    const words = argv.map((word) => word.replace('{config}', config));
    const options = { cwd: projectRoot, env: { ...env, ...more, NO_COLOR: '1' }, timeoutMs: limitMs };
    const { exitCode, stdout, stderr } = await run(process.execPath, words, options);
    expect(`${stdout}${stderr}`).toMatch(/make up/);
    expect(`${stdout}${stderr}`).not.toMatch(/\d+ passed/);
    expect(exitCode).not.toBe(0);
    expect(touched).toBe(0);
  },
  limitMs,
);

test("the decoy would notice: a client of the user's configuration reaches it", async () => {
  const config = new KubeConfig();
  config.loadFromFile(env['KUBECONFIG'] ?? '');
  await expect(config.makeApiClient(CoreV1Api).listNamespace()).rejects.toThrow('fetch failed');
  expect(touched).toBeGreaterThan(0);
});
