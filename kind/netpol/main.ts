/**
 * Enforces NetworkPolicy on this node: watches pods, namespaces and policies, and keeps one nftables table in step.
 * When the engine stops, or the API server is away, the last table stays in force.
 */
import { CoreV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node';

import { applyTable } from './nft.ts';
import { render } from './render.ts';
import { isolations } from './rules.ts';
import { type Listener, watchAll } from './watch.ts';

/** A burst of events, e.g. a namespace that goes, becomes one rule set. */
const burstMs = 50;
/** Pause before a table that nft refused is tried again. */
const refusedMs = 1_000;

const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const networking = config.makeApiClient(NetworkingV1Api);

let applied = '';
let pending: NodeJS.Timeout | undefined;

const log = (line: string) => process.stdout.write(`${new Date().toISOString()} ${line}\n`);
const listener: Listener = {
  changed: () => {
    pending ??= setTimeout(update, burstMs, performance.now());
  },
  broke: (path, reason) => log(`watch of ${path} broke, trying again: ${reason}`),
};
const pods = watchAll(config, '/api/v1/pods', () => core.listPodForAllNamespaces(), listener);
const namespaces = watchAll(config, '/api/v1/namespaces', () => core.listNamespace(), listener);
const policies = watchAll(
  config,
  '/apis/networking.k8s.io/v1/networkpolicies',
  () => networking.listNetworkPolicyForAllNamespaces(),
  listener,
);

/** Brings the table in step with what was seen; `since` is when the first event of the burst came. */
function update(since: number): void {
  pending = undefined;
  const view = { pods: pods.objects(), namespaces: namespaces.objects(), policies: policies.objects() };
  // Nothing is applied from a part of the picture: pods without their policies would be open.
  if (view.pods === undefined || view.namespaces === undefined || view.policies === undefined) return;
  const seen = { pods: view.pods, namespaces: view.namespaces, policies: view.policies };
  const { text, sizes } = render(isolations(seen));
  if (text === applied) return;
  const refusal = applyTable(text);
  if (refusal !== undefined) {
    log(`nft refused the table, the one before stays in force: ${refusal}`);
    pending ??= setTimeout(update, refusedMs, performance.now());
    return;
  }
  applied = text;
  const words = Object.entries({ policies: seen.policies.length, ...sizes }).map(([name, size]) => `${name}=${size}`);
  log(`applied ${words.join(' ')} after ${Math.round(performance.now() - since)} ms`);
}
