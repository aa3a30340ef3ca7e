/** What no learner would type: asked of the API server over one connection, without a process for each. */
import { KubeConfig, KubernetesObjectApi, type RequestContext } from '@kubernetes/client-node';

/** By itself the client opens a connection for every request, and the handshake costs more than most answers. */
class OneConnection extends KubeConfig {
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
  }
}

/** A client of the API server that a kubeconfig names. */
export function apiOf(kubeconfig: string): KubernetesObjectApi {
  const config = new OneConnection();
  config.loadFromFile(kubeconfig);
  return KubernetesObjectApi.makeApiClient(config);
}
