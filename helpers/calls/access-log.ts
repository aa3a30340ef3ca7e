/** The access log of the course's test server: which calls reached the application, and how many at the same time. */

/** One call that reached the application, in milliseconds since 1970. */
export interface ServedCall {
  readonly method: string;
  readonly path: string;
  /** The name that was asked for. */
  readonly host: string;
  /** Address from which the call came. */
  readonly client: string;
  /** What `x-marker` said; empty where the call had none. */
  readonly marker: string;
  readonly status: number;
  /** True if the caller had gone before the answer was complete. */
  readonly abandoned: boolean;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Arguments of kubectl that print all that the test server of a workload has logged. */
export function serverLogCommand(workload: string): string[] {
  return ['logs', workload, '--container', 'server', '--tail=-1'];
}

/** Reads the log's lines, one JSON object each; what else the server says, and the readiness probe's calls, are left out. */
export function readAccessLog(output: string): ServedCall[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.includes('"path":'));
  return lines
    .map((line) => JSON.parse(line) as LoggedCall)
    .filter(({ path }) => path !== '/healthz')
    .map(({ time, durationMs, method, path, host, client, marker = '', status, abandoned = false }) => {
      const endedAt = Date.parse(time);
      return { method, path, host, client, marker, status, abandoned, beganAt: endedAt - durationMs, endedAt };
    });
}

/** What of a line is read here; the last two stand there only where they apply. */
type LoggedCall = Pick<ServedCall, 'method' | 'path' | 'host' | 'client' | 'status'> & {
  readonly time: string;
  readonly durationMs: number;
  readonly marker?: string;
  readonly abandoned?: true;
};

/** The log has whole milliseconds, so a call may seem to begin just before the one that made room for it has ended. */
const roundingMs = 5;

/** The most calls that were under way at one moment. */
export function mostAtOnce(calls: readonly ServedCall[]): number {
  const underWay = calls.map(
    ({ beganAt }) => calls.filter((call) => call.beganAt <= beganAt && beganAt < call.endedAt - roundingMs).length,
  );
  return Math.max(0, ...underWay);
}

/**
 * How many calls several pods have logged, by workload and status, e.g. `frontend 502`; calls of the readiness probe are left
 * out.
 *
 * @param output what `kubectl logs --prefix` prints, each line after `[pod/NAME/CONTAINER]`
 */
export function statusesByWorkload(output: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of output.split('\n')) {
    const [, pod = '', logged = ''] = /^\[pod\/([^/]+)\/[^\]]*\] (.*)$/.exec(line) ?? [];
    // Pods of a Deployment end with the hash of their template and with a part of their own.
    const workload = pod.replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '');
    for (const { status } of readAccessLog(logged)) {
      const kind = `${workload} ${status}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return counts;
}
