/** Somebody's own cluster, under the context that they named. Nothing of it is kept on disk. */
import { KubeConfig, HttpMethod, RequestContext } from '@kubernetes/client-node';
import { fetch } from 'undici';

import { contextsOf, noKubeconfig } from '../lab/existing/kubeconfig.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Answer, Send } from './get-only.ts';

/** Names of the contexts in kubeconfig files. @throws {EnvironmentProblem} if one of these is none */
export async function contextNamesIn(files: readonly string[]): Promise<string[]> {
  const names = await Promise.all(
    files.map(async (file) => {
      const there = await contextsOf([file]);
      try {
        new KubeConfig().loadFromFile(file);
        return there;
      } catch (error) {
        throw noKubeconfig(file, reasonOf(error));
      }
    }),
  );
  return [...new Set(names.flat())].toSorted();
}

/** A context of kubeconfig files; where two have the same name, the first one counts, as for kubectl. */
export function contextOf(name: string, files: readonly string[]): KubeConfig {
  const read = files.map((file) => {
    const config = new KubeConfig();
    config.loadFromFile(file);
    return config;
  });
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: read.flatMap(({ clusters }) => clusters),
    users: read.flatMap(({ users }) => users),
    contexts: read.flatMap(({ contexts }) => contexts),
    currentContext: name,
  });
  return config;
}

/** Values of the user's own that must stand in nothing that is written. */
export function credentialsOf(config: KubeConfig): Map<string, string> {
  const user = config.getCurrentUser();
  const values = { token: user?.token, password: user?.password, key: user?.keyData };
  return new Map(
    Object.entries(values).flatMap(([what, value]) => (value ? [[`the kubeconfig: ${what}`, value] as const] : [])),
  );
}

/**
 * Sends requests to the cluster of a context.
 *
 * @throws {EnvironmentProblem} if it does not answer, or does not know its user
 */
export function sendTo(config: KubeConfig): Send {
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/$/, '');
  let dispatcher: ReturnType<RequestContext['getDispatcher']>;
  return async (path, accept) => {
    const context = new RequestContext(`${server}${path}`, HttpMethod.GET);
    try {
      await config.applySecurityAuthentication(context);
      // One connection for all of them.
      dispatcher ??= context.getDispatcher();
      const answer = await fetch(context.getUrl(), {
        method: 'GET',
        headers: { ...context.getHeaders(), Accept: accept },
        // What the user shows to the cluster is shown to nobody else.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeouts.commandMs),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      });
      const { status } = answer;
      const body = await answer.text();
      if (status !== 401) return checked({ status, body }, path, config.getCurrentContext());
    } catch (error) {
      if (error instanceof EnvironmentProblem) throw error;
      throw new EnvironmentProblem(
        `the cluster of CONTEXT=${config.getCurrentContext()} does not answer: ${reasonOf(error)}`,
        'see that kubectl reaches it with --context, then repeat the command',
      );
    }
    throw new EnvironmentProblem(
      `the cluster of CONTEXT=${config.getCurrentContext()} does not know this user (401)`,
      'log in again, then repeat the command',
    );
  };
}

/** An answer, unless it says that all went well and is none of the API's; behind a Service anything may answer. */
function checked(answer: Answer, path: string, context: string): Answer {
  if (answer.status !== 200 || path.includes('/proxy/') || answer.body.trimStart().startsWith('{')) return answer;
  throw new EnvironmentProblem(
    `the cluster of CONTEXT=${context} answers with something that is no Kubernetes API, such as a page to log in`,
    'log in again, then repeat the command',
  );
}

/** The innermost cause in one line. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
