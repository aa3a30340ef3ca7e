/**
 * Outlives a command that works on somebody else's cluster, and removes its exercises when that command is gone; where
 * the command ended in order, there are none. Standard input is a pipe whose other end the command holds.
 */
import { text } from 'node:stream/consumers';

import { exerciseNamespaces, removeNamespaces } from '../../kube/namespaces.ts';
import { existingClusters } from './existing.ts';

// The terminal's Ctrl-C is meant for the command; this process is there to clean up after it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
await text(process.stdin);
try {
  for (const cluster of existingClusters()) {
    const left = await exerciseNamespaces(cluster);
    await removeNamespaces(cluster, left);
    if (left.length > 0) process.stdout.write(`${new Date().toISOString()} removed ${left.join(', ')}\n`);
  }
} catch (error) {
  process.stdout.write(`${new Date().toISOString()} ${String(error)}\n`);
}
