/** What a sidecar has counted about TLS connections that others made to it. */

import { proxyAdminCommand } from './proxy-admin.ts';

/**
 * Behind `kubectl exec WORKLOAD`: prints the counters. The pod has to be annotated with
 * `sidecar.istio.io/statsInclusionRegexps: listener\.0\.0\.0\.0_15006\.ssl\.(handshake|fail_verify_.*)`.
 */
export const tlsCountersCommand: readonly string[] = proxyAdminCommand('stats?filter=15006.ssl');

/** Connections since the proxy started. */
export interface TlsCounters {
  /** Handshakes that came to their end. */
  readonly handshakes: number;
  /** Handshakes that were refused: the certificate is of no root that the mesh knows, or its time is over. */
  readonly untrusted: number;
  /** Handshakes that were refused: no certificate was shown. */
  readonly without: number;
  /** Handshakes that were refused: the name in the certificate, or its trust domain, is not among those that may come in. */
  readonly otherName: number;
}

/** Reads what the command prints. @throws {Error} if a counter is not there: none is never read as 0 */
export function readTlsCounters(stats: string): TlsCounters {
  const count = (name: string) => {
    const value = new RegExp(`15006\\S*\\.ssl\\.${name}: (\\d+)`).exec(stats)?.[1];
    if (value === undefined) throw new Error(`The proxy does not publish ssl.${name}: ${stats.slice(0, 500)}`);
    return Number(value);
  };
  return {
    handshakes: count('handshake'),
    untrusted: count('fail_verify_error'),
    without: count('fail_verify_no_cert'),
    otherName: count('fail_verify_san'),
  };
}
