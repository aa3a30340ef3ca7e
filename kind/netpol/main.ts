/**
 * Enforces NetworkPolicy on this node: watches pods, namespaces and policies, and keeps one nftables table in step.
 * When the engine stops, or the API server is away, the last table stays in force.
 */
import { spawnSync } from 'node:child_process';

import {
  CoreV1Api,
  type Informer,
  KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
  NetworkingV1Api,
  type ObjectCache,
} from '@kubernetes/client-node';

import { nftables } from './nftables.ts';
import { ruleSet } from './rules.ts';

/** A burst of events, e.g. a namespace that goes, becomes one rule set. */
const burstMs = 50;
/** Pause before a watch that broke, or a table that nft refused, is tried again. */
const retryMs = 500;

const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const networking = config.makeApiClient(NetworkingV1Api);

let applied = '';
let pending: NodeJS.Timeout | undefined;
let firstEventAt = 0;

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

function watch<T extends KubernetesObject>(
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
): Informer<T> & ObjectCache<T> {
  const informer = makeInformer<T>(config, path, list);
  for (const event of ['add', 'update', 'delete'] as const) informer.on(event, schedule);
  // A quiet watch ends after half a minute, one on an API server that restarts at once: start again, for ever.
  informer.on('error', () => setTimeout(() => void start(informer, path), retryMs));
  return informer;
}

async function start<T extends KubernetesObject>(informer: Informer<T>, path: string): Promise<void> {
  try {
    await informer.start();
    synced.add(path);
    schedule();
  } catch (error) {
    log(`cannot list ${path}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    setTimeout(() => void start(informer, path), retryMs);
  }
}

const pods = watch('/api/v1/pods', () => core.listPodForAllNamespaces());
const namespaces = watch('/api/v1/namespaces', () => core.listNamespace());
const policies = watch('/apis/networking.k8s.io/v1/networkpolicies', () =>
  networking.listNetworkPolicyForAllNamespaces(),
);
const synced = new Set<string>();

function schedule(): void {
  if (synced.size < 3) return;
  if (pending === undefined) firstEventAt = performance.now();
  pending ??= setTimeout(apply, burstMs);
}

function apply(): void {
  pending = undefined;
  const view = { pods: pods.list(), namespaces: namespaces.list(), policies: policies.list() };
  const { text, sizes } = nftables(ruleSet(view));
  if (text === applied) return;
  const { status, stderr } = spawnSync('nft', ['-f', '-'], { input: text, encoding: 'utf8' });
  if (status !== 0) {
    log(`nft refused the table, the one before stays in force: ${stderr.trim()}`);
    setTimeout(schedule, retryMs);
    return;
  }
  applied = text;
  const sizeWords = Object.entries({ policies: view.policies.length, ...sizes }).map(
    ([name, size]) => `${name}=${size}`,
  );
  log(`applied ${sizeWords.join(' ')} after ${Math.round(performance.now() - firstEventAt)} ms`);
}

// Nothing is applied from a part of the picture: pods without their policies would be open.
await Promise.all([start(pods, 'pods'), start(namespaces, 'namespaces'), start(policies, 'networkpolicies')]);
