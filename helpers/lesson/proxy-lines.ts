import { flagsOf, linesOfCall, type ProxyLogLine } from '../istio/proxy-log.ts';
import type { LessonCluster } from './lesson-cluster.ts';

/** How a call ended, in the words of a proxy's access log. */
export interface Ending {
  readonly status: number;
  /** Names of the flags, in the order of the alphabet; Envoy has printed both `UF,URX` and `URX,UF`. */
  readonly flags: readonly string[];
  readonly details: string | RegExp;
}

/** The access log of one workload's proxy, asked about single calls, which carry a mark in their query. */
export class ProxyLines {
  readonly #cluster: Pick<LessonCluster, 'eventually'>;
  readonly #role: string;
  readonly #log: readonly string[];

  /** @param workload as kubectl names it, e.g. `deployment/caller` */
  constructor(cluster: Pick<LessonCluster, 'eventually'>, workload: string) {
    this.#cluster = cluster;
    this.#role = workload.slice(workload.indexOf('/') + 1);
    this.#log = ['logs', workload, '--container', 'istio-proxy', '--tail=-1'];
  }

  /**
   * Waits for the line of a call, of which there must be one and no more.
   *
   * @param mark e.g. `call=lost`
   */
  async tellsOf(mark: string, ending: Ending): Promise<ProxyLogLine> {
    const [line] = await this.countsOf(mark, [[1, ending]]);
    if (line === undefined) throw new Error('One line was seen');
    return line;
  }

  /** Waits for the lines of several calls with the same mark: so many that ended so, so many otherwise, and no others. */
  async countsOf(mark: string, wanted: readonly (readonly [number, Ending])[]): Promise<ProxyLogLine[]> {
    const all = wanted.reduce((sum, [times]) => sum + times, 0);
    const count = (lines: readonly ProxyLogLine[], ending: Ending) =>
      lines.filter((line) => endsSo(line, ending)).length;
    const words = wanted.map(([times, ending]) => `${all === 1 ? '' : `${times} × `}${inWords(ending)}`).join(', ');
    const log = await this.#cluster.eventually(
      `the log of the ${this.#role}'s proxy has ${all === 1 ? 'one line of the call' : `${all} lines of these calls`}: ${words}`,
      this.#log,
      (output) => {
        const lines = linesOfCall(output, mark);
        return lines.length === all && wanted.every(([times, ending]) => count(lines, ending) === times);
      },
      'kubectl',
      { tell: (output) => wanted.map(([, ending]) => lineOf(output, mark, ending)).join('\n') },
    );
    return linesOfCall(log, mark);
  }

  /**
   * Sees that the log has no line of a call, though it has one of a later call: lines are written in the order in which
   * calls end.
   */
  async tellsNothingOf(mark: string, later: string): Promise<void> {
    await this.#cluster.eventually(
      `the log of the ${this.#role}'s proxy has no line of the call, though one of a later call`,
      this.#log,
      (output) => linesOfCall(output, later).length > 0 && linesOfCall(output, mark).length === 0,
      'kubectl',
      { tell: (output) => linesOfCall(output, later).at(-1)?.text ?? '' },
    );
  }
}

/** True if a line tells of a call that ended so. */
export function endsSo(
  line: Pick<ProxyLogLine, 'status' | 'flags' | 'details'>,
  { status, flags, details }: Ending,
): boolean {
  const said = typeof details === 'string' ? line.details === details : details.test(line.details);
  return line.status === status && flagsOf(line).join() === flags.join() && said;
}

const lineOf = (log: string, mark: string, ending: Ending) =>
  linesOfCall(log, mark).find((line) => endsSo(line, ending))?.text ?? '';

/** E.g. `503 UF,URX upstream_reset_before_response_started{remote_connection_failure|…}`: `…` for what a pattern leaves open. */
function inWords({ status, flags, details }: Ending): string {
  const fixed =
    typeof details === 'string' ? details : details.source.replaceAll(/\.[+*]/g, '…').replaceAll(/[\\^$]/g, '');
  return `${status} ${flags.join(',') || '-'} ${fixed}`;
}
