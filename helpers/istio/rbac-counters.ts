/** What a proxy's RBAC filters have decided, as its own counters tell. */

import { proxyAdminCommand } from './proxy-admin.ts';

/** Behind `kubectl exec WORKLOAD`: prints the counters. */
export const rbacCountersCommand: readonly string[] = proxyAdminCommand('stats?filter=rbac');

/** Decisions since the proxy started. Each filter counts for itself, so a call that passes two of them counts twice. */
export interface RbacCounters {
  readonly allowed: number;
  readonly denied: number;
  /** The same of connections that are not taken for HTTP. */
  readonly tcpAllowed: number;
  readonly tcpDenied: number;
  /** Would have been allowed or denied by a policy that is only rehearsed (`istio.io/dry-run`), over all its filters. */
  readonly shadowAllowed: number;
  readonly shadowDenied: number;
}

/** Reads what the command prints; what has never been counted is 0, since Envoy makes these counters with the filter. */
export function readRbacCounters(stats: string): RbacCounters {
  const lines = stats.split('\n');
  const sum = (pattern: RegExp) => lines.reduce((total, line) => total + Number(pattern.exec(line)?.[1] ?? 0), 0);
  return {
    allowed: sum(/^http\..*;?\.rbac\.allowed: (\d+)$/),
    denied: sum(/^http\..*;?\.rbac\.denied: (\d+)$/),
    tcpAllowed: sum(/^tcp\.rbac\.allowed: (\d+)$/),
    tcpDenied: sum(/^tcp\.rbac\.denied: (\d+)$/),
    shadowAllowed: sum(/shadow_allowed: (\d+)$/),
    shadowDenied: sum(/shadow_denied: (\d+)$/),
  };
}

/** What was decided between two readings. */
export function rbacSince(before: RbacCounters, after: RbacCounters): RbacCounters {
  const difference = (name: keyof RbacCounters) => after[name] - before[name];
  return {
    allowed: difference('allowed'),
    denied: difference('denied'),
    tcpAllowed: difference('tcpAllowed'),
    tcpDenied: difference('tcpDenied'),
    shadowAllowed: difference('shadowAllowed'),
    shadowDenied: difference('shadowDenied'),
  };
}
