/** Ambient mode on a cluster: ztunnel and istio-cni on its nodes, and an istiod that serves them and waypoints. */
import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import type { Cluster } from '../kube/cluster.ts';
import { kindDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';
import { installArguments } from './istio.ts';

/** How ambient mode is installed. */
export interface AmbientSettings {
  /** Waypoints are upstream's Envoy, to which what istiod sends is fitted. */
  readonly upstreamEnvoy: boolean;
  /** Where its nodes keep what belongs to the network, if not where Kubernetes' own do. */
  readonly platform: 'k3s' | undefined;
}

const overlay = join(kindDir, 'istio-ambient.yaml');
const daemonSets = ['istio-cni-node', 'ztunnel'] as const;
const limit = { timeoutMs: timeouts.istioReadyMs };

/** Installs it, and waits until every node has it and waypoints can be asked for. */
export async function installAmbient(where: Cluster, settings: AmbientSettings): Promise<void> {
  const manifests = await manifestsOf(where, settings);
  await where.must('istioctl', installArguments(settings.upstreamEnvoy, versions.istio, undefined, overlay), limit);
  await applyOnceChecked(where, settings);
  await where.must('kubectl', ['apply', '-f', '-'], { input: manifests });
  const status = (name: string) =>
    where.must('kubectl', ['rollout', 'status', `daemonset/${name}`, '-n', 'istio-system', seconds], limit);
  await Promise.all(daemonSets.map(status));
  await where.must('kubectl', ['wait', '--for=create', 'gatewayclass/istio-waypoint', seconds]);
}

/** Applies what waypoints need. Each is checked by istiod, whose new pod the API server may not reach at once. */
async function applyOnceChecked(where: Cluster, settings: AmbientSettings): Promise<void> {
  const apply = async () => where.run('kubectl', ['apply', ...files(settings)]);
  const options = { deadlineMs: timeouts.podsReadyMs };
  const { last } = await converge(apply, ({ exitCode, stderr }) => exitCode === 0 || !isUnreached(stderr), options);
  if (last.exitCode !== 0) throw new Error(`what waypoints need was not applied:\n${last.stderr}`);
}

/** True of words of the API server that tell of a webhook it could not ask, and not of one that has refused. */
export function isUnreached(stderr: string): boolean {
  return /failed calling webhook/.test(stderr);
}

const seconds = `--timeout=${timeouts.podsReadyMs / 1000}s`;

/**
 * Takes it away: what it runs on nodes first, so that the plugin can leave their CNI configuration in order; then istiod is
 * told no more of it.
 */
export async function removeAmbient(where: Cluster, settings: AmbientSettings): Promise<void> {
  const input = await manifestsOf(where, settings);
  await where.must('kubectl', ['delete', 'daemonset', ...daemonSets, '-n', 'istio-system', '--ignore-not-found']);
  // The rights go after the pods: the plugin uses them while it cleans up.
  const pods = [
    'wait',
    '--for=delete',
    'pod',
    '-n',
    'istio-system',
    '-l',
    'k8s-app in (istio-cni-node, ztunnel)',
    seconds,
  ];
  await where.must('kubectl', pods, limit);
  await where.must('kubectl', ['delete', '-f', '-', '--ignore-not-found'], { input });
  await where.must('kubectl', ['delete', ...files(settings), '--ignore-not-found']);
  await where.must('istioctl', installArguments(settings.upstreamEnvoy, versions.istio), limit);
  // istiod makes its classes and takes none away.
  await where.must('kubectl', ['delete', 'gatewayclass', 'istio-waypoint', '--ignore-not-found']);
}

/** What of it is still there, a line each; nothing once it is gone. What is left on nodes is for who can look into them. */
export async function leftOfAmbient(where: Cluster): Promise<string[]> {
  const names = ['-o', 'name', '--ignore-not-found'];
  const there = [
    ['get', 'daemonset', ...daemonSets, '-n', 'istio-system', ...names],
    ['get', 'clusterrole', 'istio-cni', 'istio-cni-ambient', ...names],
    ['get', 'gatewayclass', 'istio-waypoint', ...names],
    ['get', 'deployment,gateways.gateway.networking.k8s.io', '-A', '-l', 'gateway.istio.io/managed', ...names],
  ];
  const found = await Promise.all(there.map(async (args) => (await where.must('kubectl', args)).stdout));
  const env = ['get', 'deployment', 'istiod', '-n', 'istio-system', '-o', 'jsonpath={..env[*].name}'];
  const told = (await where.must('kubectl', env)).stdout.includes('PILOT_ENABLE_AMBIENT');
  return [
    ...found.flatMap((text) => text.split('\n').filter(Boolean)),
    ...(told ? ['istiod: PILOT_ENABLE_AMBIENT'] : []),
  ];
}

function files({ upstreamEnvoy }: AmbientSettings): string[] {
  const names = ['waypoint-defaults.yaml', ...(upstreamEnvoy ? ['waypoint-upstream-envoy.yaml'] : [])];
  return names.flatMap((name) => ['-f', join(kindDir, name)]);
}

/** What runs on nodes, rendered. */
async function manifestsOf(where: Cluster, { platform }: AmbientSettings): Promise<string> {
  const set = [`tag=${versions.istio}`, ...(platform === undefined ? [] : [`values.global.platform=${platform}`])];
  const words = [
    'manifest',
    'generate',
    '-f',
    join(kindDir, 'ambient-node.yaml'),
    ...set.flatMap((value) => ['--set', value]),
  ];
  return (await where.must('istioctl', words)).stdout;
}
