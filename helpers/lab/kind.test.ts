import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { versions } from '../../kind/catalogue.ts';
import { east, west } from '../../kind/clusters.ts';
import { kindConfig } from './kind.ts';

interface KindConfig {
  readonly nodes: readonly { readonly role: string; readonly extraMounts?: readonly object[] }[];
  readonly networking?: { readonly disableDefaultCNI?: boolean };
  readonly kubeadmConfigPatches?: readonly string[];
  readonly containerdConfigPatches?: readonly string[];
}

const read = async (nodes: 1 | 3, assembled: boolean) => parse(await kindConfig(nodes, assembled, east)) as KindConfig;

test("upstream's node starts from kind's own defaults, but for the ranges", async () => {
  expect(await read(1, false)).toEqual({
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [{ role: 'control-plane' }],
    networking: { podSubnet: '10.245.0.0/16', serviceSubnet: '10.97.0.0/16' },
  });
});

test('assembled nodes get a pod network of ours, and every patch is complete', async () => {
  const { nodes, networking, kubeadmConfigPatches = [] } = await read(3, true);
  expect(nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
  expect(networking?.disableDefaultCNI).toBe(true);
  const patches = kubeadmConfigPatches.map((patch) => parse(patch) as { readonly kind: string });
  expect(patches.map(({ kind }) => kind)).toEqual([
    'InitConfiguration',
    'JoinConfiguration',
    'ClusterConfiguration',
    'KubeletConfiguration',
    'KubeProxyConfiguration',
  ]);
  expect(patches[2]).toMatchObject({ etcd: { local: { imageTag: `${versions.etcd}-0` } } });
});

test('every node is told of a mirror, where containerd looks for it', async () => {
  const { nodes, containerdConfigPatches } = parse(await kindConfig(3, false, west, '/state/certs.d')) as KindConfig;
  const mount = { hostPath: '/state/certs.d', containerPath: '/etc/containerd/certs.d', readOnly: true };
  expect(nodes.map(({ extraMounts }) => extraMounts)).toEqual([[mount], [mount], [mount]]);
  expect(containerdConfigPatches).toEqual([expect.stringContaining('config_path = "/etc/containerd/certs.d"')]);
});
