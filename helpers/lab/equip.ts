/** What every cluster of a lab gets, once its API answers. */
import { west, type LabCluster } from '../../kind/clusters.ts';
import { createMeshNamespace, installIstio } from '../istio/istio.ts';
import { installPrometheus } from '../istio/prometheus.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Progress } from '../system/progress.ts';
import { loadOwnImages } from './assemble/own-images.ts';
import { choices, type ImageSource, usesStandIns } from './choices.ts';
import { disableDnsCache } from './dns.ts';
import type { Engine } from './engine/engine.ts';
import { gatewayClassesReady, installGatewayApi } from './gateway-api.ts';
import { pullOnNodes } from './images/pull-on-nodes.ts';
import type { Nodes } from './lab.ts';
import { dnsReady, nodesReady } from './readiness.ts';
import { rootOfLab } from './root-of-lab.ts';
import { podImages } from './upstream.ts';

/** A cluster of a lab that has been started. */
export interface Started {
  readonly where: Cluster;
  readonly cluster: LabCluster;
  readonly nodes: Nodes;
}

/** Brings to its nodes what they do not carry, which is nothing where images are assembled. */
export async function bringImages(
  engine: Engine,
  imageSource: ImageSource,
  { where, cluster, nodes }: Started,
  progress: Progress,
): Promise<void> {
  if (imageSource === 'assembled') return;
  const timed = timer(cluster, progress);
  await timed('node and service account ready', () => nodesReady(where));
  await Promise.all([
    disableDnsCache(where),
    timed('images of our own', () => loadOwnImages(engine, nodes)),
    timed('images pulled on every node', () => pullOnNodes(where, podImages, (line) => progress.say(line))),
  ]);
}

/** Installs Istio, and whatever exercises find there; Prometheus in the first cluster only. */
export async function equip(imageSource: ImageSource, { where, cluster }: Started, progress: Progress): Promise<void> {
  const timed = timer(cluster, progress);
  const root = await rootOfLab();
  const upstreamEnvoy = usesStandIns(imageSource, choices());
  // Where the images lie on the node, all is applied while it gets ready, and the pods wait for it.
  await Promise.all([
    imageSource === 'upstream' ? undefined : timed('node and service account ready', () => nodesReady(where)),
    createMeshNamespace(where, cluster).then(() =>
      Promise.all([
        timed('Istio', () => installIstio(where, cluster, root, upstreamEnvoy)),
        cluster === west ? timed('Prometheus', installPrometheus) : undefined,
      ]),
    ),
    timed('DNS', () => dnsReady(where)),
    timed('Gateway API', () => installGatewayApi(where)),
  ]);
  await timed('classes of gateways', () => gatewayClassesReady(where));
}

/** Tells the parts of the second cluster from those of the first. */
function timer(cluster: LabCluster, progress: Progress): Progress['timed'] {
  return (what, action) => progress.timed(cluster === west ? what : `${cluster.name}: ${what}`, action);
}
