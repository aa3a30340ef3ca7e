import { readZtunnelLog, type ZtunnelLine, ztunnelLogCommand } from '../istio/ztunnel-log.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/**
 * The log of ztunnel, asked about connections of one kind: that one was closed does not tell by whom, or why. A line is
 * written when its connection ends.
 */
export class ZtunnelLines {
  readonly #cluster: Pick<LessonCluster, 'eventually' | 'kubectl'>;
  readonly #log: readonly string[];

  /** @param since what was logged before is of an earlier run of the exercise */
  constructor(cluster: Pick<LessonCluster, 'eventually' | 'kubectl'>, since: string) {
    this.#cluster = cluster;
    this.#log = ztunnelLogCommand(since);
  }

  /** How many lines fit until now: what is to be seen of something new is seen in further ones. */
  async count(fits: (line: ZtunnelLine) => boolean): Promise<number> {
    return readZtunnelLog((await this.#cluster.kubectl(...this.#log)).stdout).filter(fits).length;
  }

  /**
   * Waits for lines that fit, and shows the last of them.
   *
   * @param says completes the sentence "it is seen that …"
   * @param before how many fitted before what is to be seen; there must be more
   */
  async tell(
    says: string,
    fits: (line: ZtunnelLine) => boolean,
    { before = 0, settleMs }: { readonly before?: number; readonly settleMs?: number } = {},
  ): Promise<void> {
    const fitting = (log: string) => readZtunnelLog(log).filter(fits);
    await this.#cluster.eventually(says, this.#log, (log) => fitting(log).length > before, 'kubectl', {
      tell: (log) => fitting(log).at(-1)?.text ?? '',
      ...(settleMs === undefined ? {} : { settleMs }),
    });
  }
}

/**
 * True of a line about a connection that ztunnel has refused in front of a pod.
 *
 * @param to the called workload, as its pods are named
 * @param reason a part of what ztunnel says, e.g. `allow policies exist, but none allowed`
 */
export function refusedTo(
  to: { readonly namespace: string; readonly workload: string },
  reason: string,
): (line: ZtunnelLine) => boolean {
  return (line) =>
    line.direction === 'inbound' &&
    line.to.namespace === to.namespace &&
    line.to.workload.startsWith(`${to.workload}-`) &&
    line.error.includes(reason);
}
