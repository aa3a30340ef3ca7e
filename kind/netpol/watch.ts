import {
  type Informer,
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  makeInformer,
} from '@kubernetes/client-node';

/** Pauses before a broken watch is tried again; an API server that restarts is away for some seconds. */
const firstRetryMs = 100;
const longestRetryMs = 2_000;

/** The live copy of one kind of objects. */
export interface Watched<T> {
  readonly path: string;
  /** Undefined until the API server has listed them once. */
  readonly objects: () => readonly T[] | undefined;
}

/** What a watch tells its owner. */
export interface Listener {
  readonly changed: () => void;
  readonly broke: (path: string, reason: string) => void;
}

/** Keeps a live copy of all objects under a path, for ever: whatever breaks is tried again, and the copy stays meanwhile. */
export function watchAll<T extends KubernetesObject>(
  config: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  { changed, broke }: Listener,
): Watched<T> {
  let listed = false;
  let retryMs = firstRetryMs;
  // start() of an informer also resolves when the list failed, so the list itself says whether there is a copy.
  const informer = makeInformer<T>(config, path, async () => {
    const result = await list();
    listed = true;
    retryMs = firstRetryMs;
    // Also where there is not a single object, and so no event. The owner waits a moment, till the copy is filled.
    changed();
    return result;
  });
  for (const event of ['add', 'update', 'delete'] as const) {
    informer.on(event, () => {
      retryMs = firstRetryMs;
      changed();
    });
  }
  const retry = (reason: unknown) => {
    broke(path, reasonOf(reason));
    setTimeout(() => start(informer, retry), retryMs);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  };
  informer.on('error', retry);
  start(informer, retry);
  return { path, objects: () => (listed ? informer.list() : undefined) };
}

function start<T extends KubernetesObject>(informer: Informer<T>, retry: (reason: unknown) => void): void {
  informer.start().catch(retry);
}

function reasonOf(reason: unknown): string {
  if (!(reason instanceof Error)) return String(reason);
  const cause = reason.cause instanceof Error ? ` (${reason.cause.message})` : '';
  return `${reason.message.split('\n')[0]}${cause}`;
}
