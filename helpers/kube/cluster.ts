import { ApiException, type KubernetesObject } from '@kubernetes/client-node';

import { commandLine, ProgramFailed, run, type RunOptions, type Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { Api, type ObjectKind } from './api.ts';
import { readExecCommand } from './exec-command.ts';
import { ExecSessions } from './exec-sessions.ts';

/**
 * kubectl compresses the texts of its locale when it starts. English has 350 kB, a third of what a small command costs;
 * French has seven titles of help pages, and prints all else in English.
 * https://github.com/kubernetes/kubectl/tree/master/pkg/util/i18n
 */
const kubectlLocale = { LC_ALL: 'fr_FR.UTF-8' };

/** Programs that can be told which of a kubeconfig's clusters they are to talk to; another release has its number in the name. */
const toldTheContext = /^(?:kubectl|istioctl(?:-[\d.]+)?)$/;

/** A cluster that commands and requests go to: the one that its kubeconfig names, and no other. */
export class Cluster {
  /** Tells the clusters of a lesson apart, e.g. `west`, and is the name of its context; empty where there is only one. */
  readonly name: string;
  /** Path of a kubeconfig of the course's own, whose current context is this cluster. */
  readonly kubeconfig: string;
  readonly #sessions = new ExecSessions(this);
  #api: Api | undefined;

  constructor(kubeconfig: string, name = '') {
    this.kubeconfig = kubeconfig;
    this.name = name;
  }

  /**
   * Runs a program to its end; a non-zero exit is a result. What `kubectl exec` would run in a container runs there through
   * a shell that stays open, which costs a tenth of a process of kubectl's own; output and exit code are the same.
   */
  async run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
    // What is ended by a signal lasts until then.
    const bounded = options.signal === undefined ? { timeoutMs: timeouts.anyCommandMs, ...options } : options;
    const command = program === 'kubectl' && options.input === undefined ? readExecCommand(args) : undefined;
    if (command !== undefined) {
      const started = performance.now();
      const end = await this.#sessions.run(command, bounded);
      const durationMs = performance.now() - started;
      if (end !== undefined) return { command: this.typed(program, args), ...end, durationMs };
    }
    const env = { ...options.env, KUBECONFIG: this.kubeconfig };
    const words = this.#withContext(program, args);
    return run(program, words, { ...bounded, env: program === 'kubectl' ? { ...kubectlLocale, ...env } : env });
  }

  /** A command as a person would type it who works with all clusters of the lesson. */
  typed(program: string, args: readonly string[]): string {
    return commandLine(program, this.#withContext(program, args));
  }

  /** Runs a program to its end. @throws {ProgramFailed} unless it exits with 0 */
  async must(program: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
    const transcript = await this.run(program, args, options);
    if (transcript.exitCode !== 0) throw new ProgramFailed(transcript);
    return transcript;
  }

  /** Ends what stays open between commands. */
  close(): void {
    this.#sessions.close();
  }

  /**
   * Every object of a kind, in all namespaces or in one; none if the cluster does not serve the kind, as Istio's without Istio.
   *
   * @throws {ApiException} if the API server refuses
   */
  async list({ apiVersion, kind }: ObjectKind, namespace?: string): Promise<KubernetesObject[]> {
    return noneIfNotServed(async () => (await this.#server.objects.list(apiVersion, kind, namespace)).items);
  }

  /** Metadata of every object of a kind, for a small part of the cost; the rest as {@link list} does. */
  async listMetadata(kind: ObjectKind): Promise<KubernetesObject['metadata'][]> {
    return noneIfNotServed(() => this.#server.metadata(kind));
  }

  /**
   * Deletes a namespace without waiting until it is gone; one that is not there is no error.
   *
   * @throws {ApiException} if the API server refuses
   */
  async deleteNamespace(name: string): Promise<void> {
    try {
      await this.#server.objects.delete({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    } catch (error) {
      if (!(error instanceof ApiException && error.code === 404)) throw error;
    }
  }

  #withContext(program: string, args: readonly string[]): readonly string[] {
    return this.name !== '' && toldTheContext.test(program) ? ['--context', this.name, ...args] : args;
  }

  get #server(): Api {
    this.#api ??= new Api(this.kubeconfig);
    return this.#api;
  }
}

async function noneIfNotServed<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return [];
    throw error;
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
