/** What no learner would type: asked of the API server over one connection, without a process for each. */
import {
  ApiException,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  type RequestContext,
} from '@kubernetes/client-node';

/** By itself the client opens a connection for every request, and the handshake costs more than most answers. */
class OneConnection extends KubeConfig {
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }
}

let api: KubernetesObjectApi | undefined;

/** A client for the cluster that KUBECONFIG names. */
function client(): KubernetesObjectApi {
  if (api !== undefined) return api;
  const config = new OneConnection();
  config.loadFromDefault();
  api = KubernetesObjectApi.makeApiClient(config);
  return api;
}

/**
 * Every object of a kind, in all namespaces; none if the cluster does not serve the kind, as Istio's without Istio.
 *
 * @param kind e.g. `{ apiVersion: 'apps/v1', kind: 'Deployment' }`
 * @throws {ApiException} if the API server refuses
 */
export async function listObjects(kind: { apiVersion: string; kind: string }): Promise<KubernetesObject[]> {
  try {
    return (await client().list(kind.apiVersion, kind.kind)).items;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return [];
    throw error;
  }
}

/**
 * Deletes a namespace without waiting until it is gone; one that is not there is no error.
 *
 * @throws {ApiException} if the API server refuses
 */
export async function deleteNamespace(name: string): Promise<void> {
  try {
    await client().delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 404)) throw error;
  }
}
