import { writeFile } from 'node:fs/promises';

import { type LabCluster, west } from '../../kind/clusters.ts';
import { timeouts } from '../system/timeouts.ts';
import { localPrefix } from './assemble/image.ts';
import { choices } from './choices.ts';
import { labKubeconfigs } from './client-environment.ts';
import { named } from './contexts.ts';
import { clusterLabel, commandLabel, removeNodeWithThisProcess } from './engine/checkout.ts';
import type { Engine } from './engine/engine.ts';
import { chosenRegistry, registriesYaml } from './images/mirror.ts';
import type { Nodes } from './lab.ts';
import { mirroredImages } from './upstream.ts';

/** What a node is started with: one that takes upstream's image, and with it the assembled one. */
export const serverCommand = ({ pods, services }: Pick<LabCluster, 'pods' | 'services'>): readonly string[] => [
  'server',
  `--cluster-cidr=${pods}`,
  `--service-cidr=${services}`,
  // What no lesson uses. Until metrics-server is ready, discovery of the API fails, and namespaces are not removed.
  '--disable=traefik,metrics-server,servicelb,local-storage',
  // A kubelet of 1.35 or newer refuses version 1 of cgroups unless it is told not to.
  '--kubelet-arg=fail-cgroupv1=false',
  // Nothing is collected: images of the course's own cannot be pulled again.
  '--kubelet-arg=image-gc-high-threshold=100',
];

/** Starts the node of a cluster of this checkout, and keeps its kubeconfig. */
export async function startK3s(engine: Engine, node: string, kept: boolean, cluster: LabCluster): Promise<Nodes> {
  if (!kept) removeNodeWithThisProcess(engine);
  const labels = { ...clusterLabel(cluster.name), ...commandLabel };
  const { containerId, kubeconfig } = await startNode(engine, node, labels, cluster);
  await writeFile(labKubeconfigs[cluster.name], named(kubeconfig, cluster.name), { mode: 0o600 });
  return { containerId, workerIds: [] };
}

/** Starts a node that keeps the contract of rancher/k3s, by K3sContainer of testcontainers, and waits for its API. */
export async function startNode(
  engine: Engine,
  node: string,
  labels: Readonly<Record<string, string>>,
  cluster: LabCluster = west,
): Promise<{ containerId: string; kubeconfig: string }> {
  process.env['DOCKER_HOST'] = `unix://${engine.socket}`;
  // The reaper of testcontainers is an image that a machine without a registry cannot have; ours is reaper.ts.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  const { K3sContainer } = await import('@testcontainers/k3s');
  const container = await new K3sContainer(node)
    .withCommand([...serverCommand(cluster)])
    .withLabels(labels)
    .withCopyContentToContainer(mirrorSettings(node))
    .withStartupTimeout(timeouts.nodeReadyMs)
    .start();
  return { containerId: container.getId(), kubeconfig: container.getKubeConfig() };
}

/** What tells the node's containerd to ask the mirror first; nothing without a mirror, or where nothing is pulled. */
function mirrorSettings(node: string): { content: string; target: string }[] {
  const registry = chosenRegistry(choices().REGISTRY);
  if (registry === undefined || node.startsWith(localPrefix)) return [];
  return [
    {
      content: registriesYaml(registry, mirroredImages('k3s')),
      target: '/etc/rancher/k3s/registries.yaml',
    },
  ];
}
