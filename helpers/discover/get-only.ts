/** The only way in which discovery asks a cluster: by GET, only for what it may read, slowly, and not often. */
import { folderOfKind, kindNames, kinds, type ReadKind } from './kinds.ts';

/** What an API server has answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a GET to the API server that somebody has named. */
export type Send = (path: string, accept: string) => Promise<Answer>;

/** A request that was made. */
export interface Asked {
  readonly path: string;
  /** 0 where none came. */
  readonly status: number;
  readonly bytes: number;
}

/** Most requests of one discovery, and the milliseconds from one to the next: five a second. */
export const limits = { requests: 500, apartMs: 200, pageSize: 200 } as const;

/** No request is left of those that one discovery may make. */
export class NoRequestLeft extends Error {
  override readonly name = 'NoRequestLeft';
}

/** An API server, for reading. */
export class GetOnly {
  /** Every request that was made, in its order. */
  readonly asked: Asked[] = [];
  readonly #send: Send;
  readonly #turn: () => Promise<void>;

  /** @param turn waits until the next request may be made */
  constructor(send: Send, turn: () => Promise<void>) {
    this.#send = send;
    this.#turn = turn;
  }

  /**
   * Makes a request.
   *
   * @throws {NoRequestLeft} if as many were made as may be
   * @throws {Error} unless it is a GET of something that discovery reads; nothing is sent then
   */
  async request(verb: string, path: string, accept = 'application/json'): Promise<Answer> {
    if (verb !== 'GET') throw new Error(`discovery only reads: ${verb} ${path} was not sent`);
    if (!isRead(path)) throw new Error(`discovery does not read ${path}; it was not sent`);
    if (this.asked.length >= limits.requests) throw new NoRequestLeft(`${limits.requests} requests were made`);
    await this.#turn();
    let answer: Answer | undefined;
    try {
      answer = await this.#send(path, accept);
      return answer;
    } finally {
      this.asked.push({ path, status: answer?.status ?? 0, bytes: Buffer.byteLength(answer?.body ?? '') });
    }
  }
}

const name = '[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?';
/** A query of Prometheus, behind the API server's proxy of its Service. */
const metrics = new RegExp(`^/api/v1/namespaces/${name}/services/(?:https?:)?${name}:${name}/proxy/api/v1/query$`);

/** Paths of collections and of single namespaces; no subresource is among them, so no exec, no log and no proxy of a pod. */
const readable: readonly RegExp[] = [
  /^\/version$/,
  new RegExp(`^/api/v1/namespaces/${name}$`),
  ...kindNames.flatMap((key) => {
    const { group, versions, plural, namespaced }: ReadKind = kinds[key];
    return versions.map((version) => {
      const folder = folderOfKind(group, version).replaceAll('.', String.raw`\.`);
      return new RegExp(`^${folder}/${namespaced ? `(?:namespaces/${name}/)?` : ''}${plural}$`);
    });
  }),
];

/** True if discovery may read a path; a list that is to be watched, and one of other fields, it may not. */
function isRead(path: string): boolean {
  if (!URL.canParse(path, 'https://cluster')) return false;
  const { pathname, searchParams } = new URL(path, 'https://cluster');
  // What a browser would resolve, such as `..`, is not what was checked.
  if (path !== pathname && !path.startsWith(`${pathname}?`)) return false;
  const words = [...searchParams.keys()];
  if (metrics.test(pathname)) return words.every((word) => word === 'query');
  return (
    readable.some((pattern) => pattern.test(pathname)) &&
    words.every((word) => ['limit', 'continue', 'fieldSelector'].includes(word))
  );
}
