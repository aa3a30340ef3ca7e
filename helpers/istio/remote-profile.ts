/** Istio in a cluster that has no istiod, and the way from there to the istiod of another. */
import { join } from 'node:path';

import { versions } from '../../kind/catalogue.ts';
import type { Cluster } from '../kube/cluster.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { kindDir } from '../system/paths.ts';
import { converge } from '../system/polling.ts';
import { timeouts } from '../system/timeouts.ts';

const openings = join(kindDir, 'expose-istiod.yaml');

/** Opens the gateway of a cluster for proxies and API servers of others, which ask its istiod. */
export async function exposeIstiod(where: Cluster): Promise<void> {
  await where.must('kubectl', ['apply', '-f', openings]);
}

/** Takes back what the function above has opened. */
export async function hideIstiod(where: Cluster): Promise<void> {
  await where.must('kubectl', ['delete', '-f', openings, '--ignore-not-found']);
}

/**
 * Installs Istio's profile `remote`: definitions, a webhook for injection and the name of an istiod that is elsewhere.
 *
 * @param address at which that istiod is reached, by the gateway of its cluster
 */
export async function installRemoteProfile(where: Cluster, address: string): Promise<void> {
  const settings = [`tag=${versions.istio}`, `values.global.remotePilotAddress=${address}`];
  const install = ['install', '--skip-confirmation', '-f', join(kindDir, 'istio-edge.yaml')];
  await where.must('istioctl', [...install, ...settings.flatMap((setting) => ['--set', setting])], {
    timeoutMs: timeouts.istioReadyMs,
  });
  await kindsServed(where);
}

/** Waits until each kind that is new can be listed: an API server gets its storage ready at the first question. */
async function kindsServed(where: Cluster): Promise<void> {
  const names = ['get', 'customresourcedefinitions', '--output', 'jsonpath={.items[*].metadata.name}'];
  const kinds = (await where.must('kubectl', names)).stdout.trim().replaceAll(' ', ',');
  const { holds, last } = await converge(
    () => where.run('kubectl', ['get', kinds, '--all-namespaces']),
    ({ exitCode }) => exitCode === 0,
    { deadlineMs: timeouts.istioReadyMs },
  );
  if (!holds) throw new EnvironmentProblem(`${where.name} does not serve Istio's kinds: ${last.stderr}`, 'make down');
}
