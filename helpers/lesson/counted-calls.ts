import type { Client } from '../calls/client.ts';
import { queryArguments } from '../istio/prometheus.ts';
import { countedSince, readRequestCounts, type RequestCount, requestCountsQuery } from '../istio/request-counts.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** A status that no lesson uses otherwise. */
const teapot = '418';

/** Where calls are counted. */
export interface CountedEdge {
  readonly namespace: string;
  /** Workload that calls, and its client. */
  readonly caller: string;
  readonly client: Client;
  /** Workload that is called. */
  readonly called: string;
  /** URL of the called that its test server answers, without a query. */
  readonly url: string;
}

/**
 * The counters of one caller's calls to one workload, at both sides. Prometheus knows of a call only after it has asked the
 * proxies again; so a call with a status of its own is made, and once both sides have counted it, what they have counted of
 * all calls before it is there too.
 */
export class CountedCalls {
  readonly #cluster: LessonCluster;
  readonly #edge: CountedEdge;
  readonly #query: string[];

  constructor(cluster: LessonCluster, edge: CountedEdge) {
    this.#cluster = cluster;
    this.#edge = edge;
    this.#query = queryArguments(requestCountsQuery(edge.namespace, edge.caller, edge.called));
  }

  /**
   * What both sides have counted of all calls that have ended by now.
   *
   * @param says completes the sentence "both sides have counted a call of now, and …"
   * @param holds for calls whose end the called side may hear of later than the caller
   */
  async upToNow(
    says = 'so all calls before it',
    holds: (counts: readonly RequestCount[]) => boolean = () => true,
  ): Promise<RequestCount[]> {
    const before = readRequestCounts((await this.#cluster.kubectl(...this.#query)).stdout);
    await this.#edge.client.run('curl', '--silent', '--output', '/dev/null', `${this.#edge.url}?status=${teapot}`);
    const answer = await this.#cluster.eventually(
      `both sides have counted a call of now, ${says}`,
      this.#query,
      (output) => {
        const now = readRequestCounts(output);
        const isCounted = ['source', 'destination'].every(
          (side) => countedSince(before, now, ({ reporter, code }) => reporter === side && code === teapot) === 1,
        );
        return isCounted && holds(now);
      },
      'kubectl',
      { tell: (output) => readRequestCounts(output).map(inWords).toSorted().join('\n') },
    );
    return readRequestCounts(answer);
  }
}

const inWords = ({ reporter, code, flags, calls }: RequestCount) => `${reporter}: ${calls} × ${code} ${flags}`;
