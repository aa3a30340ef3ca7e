import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { versions } from '../../../kind/catalogue.ts';
import { bundleEngine, bundleProgram } from '../../../kind/netpol/bundle.ts';
import { masquerade, networkList } from '../../../kind/pod-network/plan.ts';
import { kindDir } from '../../system/paths.ts';
import { cachedFolder } from './cached-folder.ts';
import { contentHash } from './content-hash.ts';
import type { ContextFiles } from './image.ts';

/** Whose node image the assembled one stands in for: rancher/k3s or kindest/node. They differ in how a node starts. */
export type Contract = 'k3s' | 'kind';

/** What a node gets besides its programs and images, in a folder of the cache named by its content. */
export async function nodeSettings(contract: Contract): Promise<ContextFiles> {
  return contract === 'k3s' ? settingsOfK3s() : settingsOfKind();
}

/**
 * The NetworkPolicy engine, the reader of registries.yaml, the pod network of a cluster of one node, and the versions that
 * the manifests of the node are filled with.
 */
async function settingsOfK3s(): Promise<ContextFiles> {
  const lines = [
    `KUBERNETES_VERSION=v${versions.kubernetes}`,
    `ETCD_TAG=${versions.etcd}-0`,
    `COREDNS_TAG=v${versions.coredns}`,
  ];
  const bundle = await bundleEngine();
  const mirror = await bundleProgram(join(kindDir, 'registry-mirror/main.ts'));
  // The entrypoint fills them in, as the cluster is told its ranges when it starts.
  const placeholder = { podRange: '${NODE_RANGE}' };
  const texts = {
    'netpol/engine.mjs': bundle,
    'registry-mirror.mjs': mirror,
    'pod-network/10-pods.conflist': networkList(placeholder),
    'pod-network/masquerade.nft': masquerade(placeholder, '${POD_RANGE}'),
    'versions.env': `${lines.join('\n')}\n`,
  };
  return cachedFiles(texts, Object.values(texts));
}

/** The NetworkPolicy engine, the agent of the pod network, and the version of Kubernetes, which kind asks for. */
async function settingsOfKind(): Promise<ContextFiles> {
  const texts = {
    'netpol/engine.mjs': await bundleEngine(),
    'pod-network/agent.mjs': await bundleProgram(join(kindDir, 'pod-network/main.ts')),
    version: `v${versions.kubernetes}\n`,
  };
  return cachedFiles(texts, Object.values(texts));
}

async function cachedFiles(
  texts: Readonly<Record<string, string>>,
  identity: readonly string[],
): Promise<ContextFiles> {
  const hash = await contentHash([], identity);
  const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const folder = await cachedFolder(`node-settings-${hash}`, async (draft) => {
    for (const [path, text] of Object.entries(texts)) await writeFile(join(draft, fileName(path)), text);
  });
  return Object.fromEntries(Object.keys(texts).map((path) => [path, join(folder, fileName(path))]));
}
