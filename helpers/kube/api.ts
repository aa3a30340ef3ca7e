/** What no learner would type: asked of the API server over one connection, without a process for each. */
import {
  ApiException,
  createConfiguration,
  HttpMethod,
  KubeConfig,
  type KubernetesObject,
  KubernetesObjectApi,
  RequestContext,
} from '@kubernetes/client-node';

import { timeouts } from '../system/timeouts.ts';

/** A kind of object by its group and version, e.g. `{ apiVersion: 'apps/v1', kind: 'Deployment' }`. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/**
 * By itself the client opens a connection for every request, and the handshake costs more than most answers; and it waits
 * five minutes for an answer.
 */
class OneConnection extends KubeConfig {
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    context.setSignal(lateAnswer());
  }
}

/** Ends a request that is not answered. The library adds to the message of its reason, which that of a plain timeout cannot have. */
function lateAnswer(): AbortSignal {
  const over = new AbortController();
  const why = new Error(`The API server has not answered for ${timeouts.requestMs / 1000} s`);
  AbortSignal.timeout(timeouts.requestMs).addEventListener('abort', () => over.abort(why));
  return over.signal;
}

/** The API server that a kubeconfig names. */
export class Api {
  readonly objects: KubernetesObjectApi;
  readonly #config = new OneConnection();

  constructor(kubeconfig: string) {
    this.#config.loadFromFile(kubeconfig);
    this.objects = KubernetesObjectApi.makeApiClient(this.#config);
  }

  /**
   * Metadata of every object of a kind; the definitions of Istio's kinds alone would else be two megabytes.
   * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
   *
   * @throws {ApiException} if the API server refuses, with code 404 where it does not serve the kind
   */
  async metadata({ apiVersion, kind }: ObjectKind): Promise<KubernetesObject['metadata'][]> {
    const group = apiVersion.includes('/') ? 'apis' : 'api';
    const server = this.#config.getCurrentCluster()?.server ?? '';
    const request = new RequestContext(`${server}/${group}/${apiVersion}/${pluralOf(kind)}`, HttpMethod.GET);
    request.setHeaderParam('Accept', 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1');
    await this.#config.applySecurityAuthentication(request);
    const answer = await createConfiguration().httpApi.send(request).toPromise();
    const body = await answer.body.text();
    if (answer.httpStatusCode !== 200)
      throw new ApiException(answer.httpStatusCode, `${apiVersion} ${kind}`, body, answer.headers);
    // A list of custom resources that holds none is null.
    const { items } = JSON.parse(body) as { readonly items: KubernetesObject[] | null };
    return (items ?? []).map(({ metadata }) => metadata);
  }
}

/** How the API server calls the objects of a kind, e.g. `networkpolicies`. */
export function pluralOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith('s')) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}
