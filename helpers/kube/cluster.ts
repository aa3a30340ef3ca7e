import { ApiException, type KubernetesObject, type KubernetesObjectApi } from '@kubernetes/client-node';

import { must, run, type RunOptions, type Transcript } from '../system/program.ts';
import { apiOf } from './api.ts';

/** A cluster that commands and requests go to: the one that its kubeconfig names, and no other. */
export class Cluster {
  /** Tells the clusters of a lesson apart, e.g. `west`; empty where there is only one. */
  readonly name: string;
  /** Path of a kubeconfig of the course's own. */
  readonly kubeconfig: string;
  #api: KubernetesObjectApi | undefined;

  constructor(kubeconfig: string, name = '') {
    this.kubeconfig = kubeconfig;
    this.name = name;
  }

  /** Runs a program to its end; a non-zero exit is a result. */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
    return run(program, args, this.#here(options));
  }

  /** Runs a program to its end. @throws {ProgramFailed} unless it exits with 0 */
  async must(program: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
    return must(program, args, this.#here(options));
  }

  /**
   * Every object of a kind, in all namespaces or in one; none if the cluster does not serve the kind, as Istio's without Istio.
   *
   * @param kind e.g. `{ apiVersion: 'apps/v1', kind: 'Deployment' }`
   * @throws {ApiException} if the API server refuses
   */
  async list(
    kind: { readonly apiVersion: string; readonly kind: string },
    namespace?: string,
  ): Promise<KubernetesObject[]> {
    try {
      return (await this.#objects().list(kind.apiVersion, kind.kind, namespace)).items;
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
  async deleteNamespace(name: string): Promise<void> {
    try {
      await this.#objects().delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    } catch (error) {
      if (!(error instanceof ApiException && error.code === 404)) throw error;
    }
  }

  #objects(): KubernetesObjectApi {
    this.#api ??= apiOf(this.kubeconfig);
    return this.#api;
  }

  #here(options: RunOptions): RunOptions {
    return { ...options, env: { ...options.env, KUBECONFIG: this.kubeconfig } };
  }
}

/**
 * The cluster that a command of the project has pointed this process at.
 *
 * @throws {Error} if it has not: nothing is ever asked of a cluster that the user's own environment names
 */
export function currentCluster(): Cluster {
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig === undefined || kubeconfig === '') throw new Error('This process was not pointed at a cluster');
  return new Cluster(kubeconfig);
}
