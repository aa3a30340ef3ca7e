/** The access log of the course's test server: which calls reached the application, and how many at the same time. */

/** One call that reached the application, in milliseconds since 1970. */
export interface ServedCall {
  readonly path: string;
  readonly status: number;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Reads the log's lines, one JSON object each; what else the server says, and the readiness probe's calls, are left out. */
export function readAccessLog(output: string): ServedCall[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{') && line.includes('"path":'));
  return lines
    .map((line) => JSON.parse(line) as { time: string; durationMs: number; path: string; status: number })
    .filter(({ path }) => path !== '/healthz')
    .map(({ time, durationMs, path, status }) => {
      const endedAt = Date.parse(time);
      return { path, status, beganAt: endedAt - durationMs, endedAt };
    });
}

/** The log has whole milliseconds, so a call may seem to begin just before the one that made room for it has ended. */
const roundingMs = 5;

/** The most calls that were under way at one moment. */
export function mostAtOnce(calls: readonly ServedCall[]): number {
  const underWay = calls.map(
    ({ beganAt }) => calls.filter((call) => call.beganAt <= beganAt && beganAt < call.endedAt - roundingMs).length,
  );
  return Math.max(0, ...underWay);
}
