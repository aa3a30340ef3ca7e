import type { Cluster } from '../kube/cluster.ts';
import { timeouts } from '../system/timeouts.ts';
import { moduleFile } from './assemble/go-programs.ts';

/** The kinds that lessons use. https://gateway-api.sigs.k8s.io/concepts/api-overview/ */
const plurals = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'];

/** Defines the kinds of the Gateway API in the version that this release of Istio is built against. */
export async function installGatewayApi(where: Cluster): Promise<void> {
  const folder = await moduleFile('istio', 'sigs.k8s.io/gateway-api', 'config/crd/standard');
  const files = plurals.flatMap((plural) => ['-f', `${folder}/gateway.networking.k8s.io_${plural}.yaml`]);
  await where.must('kubectl', ['apply', '--server-side', ...files]);
}

/** Waits until istiod has made its classes of gateways, which it does once it has seen the kinds. */
export async function gatewayClassesReady(where: Cluster): Promise<void> {
  const classes = ['gatewayclass/istio', 'gatewayclass/istio-remote'];
  await where.must('kubectl', ['wait', '--for=create', ...classes, `--timeout=${timeouts.podsReadyMs / 1000}s`]);
}
