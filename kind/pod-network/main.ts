/**
 * Joins this node's pods to those of the other nodes: watches the nodes, and keeps routes, masquerading and the CNI
 * configuration in step. The configuration comes last, because with it containerd starts pods.
 */
import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';

import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';

import { west } from '../clusters.ts';
import { applyTable } from '../netpol/nft.ts';
import { watchAll } from '../netpol/watch.ts';
import { masquerade, networkList, nodeNetworks, routes } from './plan.ts';

const configuration = '/etc/cni/net.d/10-pods.conflist';
/** Pause before something that was refused is tried again. */
const refusedMs = 1_000;

const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const log = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
/** Range of all pods of the cluster. */
const clusterRange = process.env['POD_RANGE'] ?? west.pods;
let applied = '';

const nodes = watchAll(config, '/api/v1/nodes', () => core.listNode(), {
  changed: () => setImmediate(update),
  broke: (path, reason) => log(`watch of ${path} broke, trying again: ${reason}`),
});

function update(): void {
  const all = nodeNetworks(nodes.objects() ?? []);
  const own = all.find(({ name }) => name === process.env['NODE_NAME']);
  if (own === undefined) return;
  const wanted = { routes: routes(own, all), table: masquerade(own, clusterRange), network: networkList(own) };
  if (JSON.stringify(wanted) === applied) return;
  const refusal = applyRoutes(wanted.routes) ?? applyTable(wanted.table);
  if (refusal !== undefined) {
    log(`refused, trying again: ${refusal}`);
    setTimeout(update, refusedMs);
    return;
  }
  // Whole or not at all: containerd watches the folder.
  writeFileSync(`${configuration}.draft`, wanted.network);
  renameSync(`${configuration}.draft`, configuration);
  applied = JSON.stringify(wanted);
  log(`pods of this node: ${own.podRange}; routes to ${all.length - 1} other nodes`);
}

/** @returns what ip has against it; undefined if all routes are there */
function applyRoutes(batch: string): string | undefined {
  const { status, stderr, error } = spawnSync('ip', ['-batch', '-'], { input: batch, encoding: 'utf8' });
  if (status === 0) return undefined;
  return error === undefined ? stderr.trim() : error.message;
}
