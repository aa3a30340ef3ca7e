import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import { versions } from '../../kind/catalogue.ts';
import { kindRecipe } from '../../kind/kind.ts';
import { kindDir, stateDir } from '../places.ts';
import { EnvironmentProblem } from '../problem.ts';
import { must, run } from '../program.ts';
import { timeouts } from '../timeouts.ts';
import { goPrograms } from './assemble/go-programs.ts';
import { localPrefix } from './assemble/image.ts';
import { kindCluster, kindLabel, removeKindWithThisProcess } from './engine/checkout.ts';
import type { Engine } from './engine/engine.ts';
import { podmanEnvironment } from './engine/podman.ts';
import { kubeconfigFile, type Nodes } from './lab.ts';
import { introduceNodes } from './node-names.ts';

/**
 * Starts a cluster by the kind program, under a name of this checkout's own, with its kubeconfig in the state folder.
 *
 * @param node image of the nodes
 */
export async function startKind(engine: Engine, node: string, kept: boolean, nodes: 1 | 3): Promise<Nodes> {
  const program = engine.name === 'Podman' ? 'podman' : 'docker';
  if ((await run(program, ['--version'])).exitCode !== 0) {
    throw new EnvironmentProblem(`kind calls the program ${program}, which is not in PATH`, `install ${program}`);
  }
  const env = {
    KIND_EXPERIMENTAL_PROVIDER: program,
    ...(program === 'podman' ? podmanEnvironment : { DOCKER_HOST: `unix://${engine.socket}` }),
  };
  // kind shows every node the kernel's modules; Podman does not make the folder where the kernel has none.
  if (program === 'podman') await mkdir('/lib/modules', { recursive: true });
  // An assembled node has neither a pod network nor CoreDNS of its own.
  const assembled = node.startsWith(localPrefix);
  const config = join(stateDir, 'kind.yaml');
  await writeFile(config, await kindConfig(nodes, assembled));
  const kind = join(await goPrograms(kindRecipe), 'kind');
  const create = ['create', 'cluster', '--name', kindCluster, '--image', node, '--config', config];
  const wait = assembled ? [] : ['--wait', `${timeouts.nodeReadyMs / 1000}s`];
  if (!kept) removeKindWithThisProcess(engine);
  const created = must(kind, [...create, '--kubeconfig', kubeconfigFile, ...wait], { env, endsWithUs: true });
  await Promise.all([created, introduceNodes(engine.api, nodes, created)]);
  if (assembled) await installNodeAgents();
  return nodesOf(engine);
}

/** kind's configuration, as its program reads it: one of those in kind/, with what assembled nodes need besides. */
export async function kindConfig(nodes: 1 | 3, assembled: boolean): Promise<string> {
  const read = async (file: string) => parse(await readFile(join(kindDir, file), 'utf8')) as object;
  const base = await read(nodes === 3 ? 'kind-three-nodes.yaml' : 'kind-one-node.yaml');
  return filled(stringify({ ...base, ...(assembled ? await read('kind-assembled.yaml') : {}) }));
}

/** CoreDNS, the pod network and the NetworkPolicy engine, each of which kind's own node image brings along. */
async function installNodeAgents(): Promise<void> {
  const files = ['kind-node/agents.yaml', 'node/coredns.yaml'];
  const manifests = await Promise.all(files.map((file) => readFile(join(kindDir, file), 'utf8')));
  const apply = ['--kubeconfig', kubeconfigFile, 'apply', '--server-side', '-f', '-'];
  await must('kubectl', apply, { input: filled(manifests.join('\n---\n')) });
}

function filled(text: string): string {
  return text.replaceAll('${ETCD_TAG}', versions.etcd).replaceAll('${COREDNS_TAG}', `v${versions.coredns}`);
}

async function nodesOf({ api }: Engine): Promise<Nodes> {
  const label = Object.entries(kindLabel).map(([name, value]) => `${name}=${value}`);
  const found = await api.listContainers({ filters: { label } });
  const isFirst = ({ Labels }: (typeof found)[number]) => Labels['io.x-k8s.kind.role'] === 'control-plane';
  return {
    containerId: found.find(isFirst)?.Id ?? '',
    workerIds: found.filter((container) => !isFirst(container)).map(({ Id }) => Id),
  };
}
