import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import { versions } from '../../kind/catalogue.ts';
import { dnsAddress, type LabCluster } from '../../kind/clusters.ts';
import { kindRecipe } from '../../kind/kind.ts';
import { hostsFiles } from '../../kind/registry-mirror/hosts.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { kindDir, stateDir } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { goPrograms } from './assemble/go-programs.ts';
import { localPrefix } from './assemble/image.ts';
import { choices, usesStandIns } from './choices.ts';
import { labKubeconfigs } from './client-environment.ts';
import { nameContext } from './contexts.ts';
import { kindCluster, kindLabel, removeKindWithThisProcess } from './engine/checkout.ts';
import { clientOf, type Engine } from './engine/engine.ts';
import { chosenRegistry, mirrorsOf } from './images/mirror.ts';
import type { Nodes } from './lab.ts';
import { addHostEntries } from './node-names.ts';
import { mirroredImages } from './upstream.ts';

/**
 * Starts a cluster by the kind program, under a name of this checkout's own, with its kubeconfig in the state folder.
 *
 * @param node image of the nodes
 */
export async function startKind(
  engine: Engine,
  node: string,
  kept: boolean,
  nodes: 1 | 3,
  cluster: LabCluster,
): Promise<Nodes> {
  const { program, env: client } = clientOf(engine);
  if ((await run(program, ['--version'])).exitCode !== 0) {
    throw new EnvironmentProblem(`kind calls the program ${program}, which is not in PATH`, `install ${program}`);
  }
  const env = { KIND_EXPERIMENTAL_PROVIDER: program, ...client };
  // kind shows every node the kernel's modules; Podman does not make the folder where the kernel has none.
  if (program === 'podman') await mkdir('/lib/modules', { recursive: true });
  const assembled = usesStandIns(node.startsWith(localPrefix) ? 'assembled' : 'upstream', choices());
  const config = join(stateDir, `kind-${cluster.name}.yaml`);
  await writeFile(config, await kindConfig(nodes, assembled, cluster, await mirrorSettings(node)));
  const kind = join(await goPrograms(kindRecipe), 'kind');
  const create = ['create', 'cluster', '--name', kindCluster(cluster.name), '--image', node, '--config', config];
  const wait = assembled ? [] : ['--wait', `${timeouts.nodeReadyMs / 1000}s`];
  if (!kept) removeKindWithThisProcess(engine, cluster.name);
  const kubeconfig = labKubeconfigs[cluster.name];
  const created = must(kind, [...create, '--kubeconfig', kubeconfig, ...wait], { env, endsWithUs: true });
  await Promise.all([created, addHostEntries(engine.api, nodes, created)]);
  await nameContext(kubeconfig, cluster.name);
  if (assembled) await installNodeAgents(cluster);
  return nodesOf(engine, cluster);
}

/**
 * kind's configuration, as its program reads it: one of those in kind/, with what assembled nodes need besides, which have
 * neither a pod network nor CoreDNS of their own.
 *
 * @param certsDir folder of this machine that tells containerd of a mirror; none where nothing is pulled from one
 */
export async function kindConfig(
  nodes: 1 | 3,
  assembled: boolean,
  cluster: LabCluster,
  certsDir?: string,
): Promise<string> {
  const read = async (file: string) => parse(await readFile(join(kindDir, file), 'utf8')) as KindConfig;
  const base = await read(nodes === 3 ? 'kind-three-nodes.yaml' : 'kind-one-node.yaml');
  // kind restarts containerd by systemd after such a patch; the assembled node has none, and has the setting already.
  const mirror = certsDir === undefined || assembled ? {} : { containerdConfigPatches: [certsSetting] };
  if (certsDir !== undefined) {
    for (const node of base.nodes)
      node.extraMounts = [{ hostPath: certsDir, containerPath: certsOnNode, readOnly: true }];
  }
  const more: Partial<KindConfig> = assembled ? await read('kind-assembled.yaml') : {};
  const networking = { ...more.networking, podSubnet: cluster.pods, serviceSubnet: cluster.services };
  return filled(stringify({ ...base, ...mirror, ...more, networking }, { aliasDuplicateObjects: false }), cluster);
}

interface KindConfig {
  readonly nodes: { extraMounts?: readonly object[] }[];
  readonly networking?: object;
}

/** Where containerd looks for mirrors, and the setting that says so: it is the default of some of its versions only. */
const certsOnNode = '/etc/containerd/certs.d';
const certsSetting = `[plugins."io.containerd.cri.v1.images".registry]\n  config_path = "${certsOnNode}"\n`;

/** Folder that tells containerd to ask the mirror first; undefined without a mirror, or where nothing is pulled. */
async function mirrorSettings(node: string): Promise<string | undefined> {
  const registry = chosenRegistry(choices().REGISTRY);
  if (registry === undefined || node.startsWith(localPrefix)) return undefined;
  const folder = join(stateDir, 'certs.d');
  await rm(folder, { recursive: true, force: true });
  for (const [host, text] of Object.entries(hostsFiles(mirrorsOf(registry, mirroredImages('kind'))))) {
    await mkdir(join(folder, host), { recursive: true });
    await writeFile(join(folder, host, 'hosts.toml'), text);
  }
  return folder;
}

/** CoreDNS, the pod network and the NetworkPolicy engine, each of which kind's own node image brings along. */
async function installNodeAgents(cluster: LabCluster): Promise<void> {
  const files = ['kind-node/agents.yaml', 'node/coredns.yaml'];
  const manifests = await Promise.all(files.map((file) => readFile(join(kindDir, file), 'utf8')));
  const apply = ['--kubeconfig', labKubeconfigs[cluster.name], 'apply', '--server-side', '-f', '-'];
  await must('kubectl', apply, { input: filled(manifests.join('\n---\n'), cluster) });
}

function filled(text: string, cluster: LabCluster): string {
  return text
    .replaceAll('${ETCD_TAG}', `${versions.etcd}-0`)
    .replaceAll('${COREDNS_TAG}', `v${versions.coredns}`)
    .replaceAll('${DNS_IP}', dnsAddress(cluster))
    .replaceAll('${POD_RANGE}', cluster.pods);
}

async function nodesOf({ api }: Engine, { name: cluster }: LabCluster): Promise<Nodes> {
  const label = Object.entries(kindLabel(cluster)).map(([name, value]) => `${name}=${value}`);
  const found = await api.listContainers({ filters: { label } });
  const isFirst = ({ Labels }: (typeof found)[number]) => Labels['io.x-k8s.kind.role'] === 'control-plane';
  return {
    containerId: found.find(isFirst)?.Id ?? '',
    workerIds: found.filter((container) => !isFirst(container)).map(({ Id }) => Id),
  };
}
