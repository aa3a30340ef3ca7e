/** What a sidecar has counted about calls for which it asks a decider (action CUSTOM). */

import { proxyAdminCommand } from './proxy-admin.ts';

/**
 * Behind `kubectl exec WORKLOAD`: prints the counters. The pod has to be annotated with
 * `sidecar.istio.io/statsInclusionRegexps: .*ext_authz\..*`.
 */
export const extAuthzCountersCommand: readonly string[] = proxyAdminCommand('stats?filter=ext_authz');

/** Calls since the proxy has asked at all. */
export interface ExtAuthzCounters {
  /** The decider said yes. */
  readonly ok: number;
  /** It said no. */
  readonly denied: number;
  /** It gave no answer, or an answer that means that it failed. */
  readonly failed: number;
  /** Those of the failed that were let through all the same. */
  readonly letThrough: number;
  /** No policy matched, so it was not asked. */
  readonly notAsked: number;
}

/** Reads what the command prints; a proxy that asks nobody has no such counter, which is 0. */
export function readExtAuthzCounters(stats: string): ExtAuthzCounters {
  const count = (name: string) =>
    stats
      .split('\n')
      .map((line) => new RegExp(`^http\\.inbound\\S*\\.ext_authz\\.${name}: (\\d+)$`).exec(line)?.[1] ?? '0')
      .reduce((sum, value) => sum + Number(value), 0);
  return {
    ok: count('ok'),
    denied: count('denied'),
    failed: count('error'),
    letThrough: count('failure_mode_allowed'),
    notAsked: count('disabled'),
  };
}

/** What was counted between two readings. */
export function extAuthzSince(before: ExtAuthzCounters, after: ExtAuthzCounters): ExtAuthzCounters {
  const difference = (name: keyof ExtAuthzCounters) => after[name] - before[name];
  return {
    ok: difference('ok'),
    denied: difference('denied'),
    failed: difference('failed'),
    letThrough: difference('letThrough'),
    notAsked: difference('notAsked'),
  };
}
