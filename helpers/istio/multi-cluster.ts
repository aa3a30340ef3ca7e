/** What makes one mesh of two clusters: a gateway in each, and the right to read the other's Services. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { LabCluster } from '../../kind/clusters.ts';
import type { Cluster } from '../kube/cluster.ts';
import { kindDir } from '../system/paths.ts';
import { timeouts } from '../system/timeouts.ts';

const inMesh = ['--namespace', 'istio-system'];
/** Secret of the token that istioctl makes in a cluster for those who are to read it. */
export const readerToken = 'istio-reader-service-account-istio-remote-secret-token';

/** Starts the gateway that the other cluster calls, and waits until it takes calls; one that is there stays. */
export async function openGateway(where: Cluster, cluster: LabCluster): Promise<void> {
  await where.must('kubectl', ['apply', '-f', '-'], { input: await gatewayManifest(cluster) });
  // What a load balancer of a cloud would do: the node answers at the address itself.
  const status = { loadBalancer: { ingress: [{ ip: await nodeAddress(where) }] } };
  const patch = ['--subresource=status', '--type=merge', '--patch', JSON.stringify({ status })];
  await where.must('kubectl', [...inMesh, 'patch', 'service', 'istio-eastwestgateway', ...patch]);
  const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;
  const ready = ['wait', 'deployment/istio-eastwestgateway', '--for=condition=Available', limit];
  await where.must('kubectl', [...inMesh, ...ready]);
}

/**
 * Gives the istiod of one cluster the right to read another: a Secret with a token, and the address of the API server as
 * it is seen from there, which is not that of this machine's kubeconfig.
 */
export async function introduce(other: Cluster, to: Cluster): Promise<void> {
  const secret = await other.must('istioctl', await introduction(other));
  await to.must('kubectl', ['apply', '-f', '-'], { input: secret.stdout });
}

/**
 * Arguments of istioctl that print such a Secret.
 *
 * @param wish another address of the API server, and the Secret of another token
 */
export async function introduction(
  other: Cluster,
  { server, account }: { readonly server?: string; readonly account?: string } = {},
): Promise<string[]> {
  const address = server ?? `https://${await nodeAddress(other)}:6443`;
  const token = account === undefined ? [] : ['--secret-name', account];
  return ['create-remote-secret', '--name', other.name, '--server', address, ...token];
}

/** Takes back what {@link introduce} has given for a cluster; that is nothing where it was never given. */
export async function forget(where: Cluster, otherName: string): Promise<void> {
  await where.must('kubectl', [...inMesh, 'delete', 'secret', secretFor(otherName), '--ignore-not-found']);
}

/** Name of the Secret by which an istiod reads another cluster. */
export function secretFor(otherName: string): string {
  return `istio-remote-secret-${otherName}`;
}

/** Takes from a cluster what {@link openGateway} and {@link introduce} have brought there. */
export async function leaveMesh(where: Cluster, cluster: LabCluster, otherName: string): Promise<void> {
  const gone = ['--ignore-not-found', '--wait=false'];
  const secrets = [secretFor(otherName), readerToken];
  await where.must('kubectl', ['delete', '-f', '-', ...gone], { input: await gatewayManifest(cluster) });
  await where.must('kubectl', [...inMesh, 'delete', 'secret', ...secrets, ...gone]);
}

async function gatewayManifest({ network }: LabCluster): Promise<string> {
  return (await readFile(join(kindDir, 'east-west-gateway.yaml'), 'utf8')).replaceAll('${NETWORK}', network);
}

/** Address of the node with the API server, as its own cluster knows it. */
export async function nodeAddress(where: Cluster): Promise<string> {
  const address = 'jsonpath={.endpoints[0].addresses[0]}';
  const slice = ['get', 'endpointslice', 'kubernetes', '--namespace', 'default', '--output', address];
  return (await where.must('kubectl', slice)).stdout;
}
