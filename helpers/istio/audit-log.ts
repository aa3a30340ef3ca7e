/** The audit log of a sidecar: lines in JSON that the provider `audit` of kind/istio.yaml writes. */

/** One decision: a call, or a connection that was refused before any call. A text is empty where the line has none. */
export interface AuditLine {
  /** Mark of the call: header X-Marker. */
  readonly marker: string;
  /** Identity in the caller's certificate. */
  readonly caller: string;
  /** Whom the caller's token is about, where it was checked. */
  readonly subject: string;
  /** Address and port of the caller. */
  readonly address: string;
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** HTTP status; 0 for a connection. */
  readonly code: number;
  /** Status in the words of gRPC, e.g. `PermissionDenied`. */
  readonly grpc: string;
  /** E.g. `NR`. */
  readonly flags: string;
  /** What was decided and why, e.g. `via_upstream`, `rbac_access_denied_matched_policy[none]`. */
  readonly details: string;
  /** What a rehearsed policy would have decided: `allowed`, `denied`. */
  readonly rehearsal: string;
  /** Id of the trace that the call belongs to, where it is traced. */
  readonly trace: string;
}

const texts = [
  'marker',
  'caller',
  'subject',
  'address',
  'method',
  'path',
  'grpc',
  'flags',
  'details',
  'rehearsal',
  'trace',
] as const;

/** Reads a proxy's log; what is no line of the audit log is left out. */
export function readAuditLog(log: string): AuditLine[] {
  const lines = log.split('\n').filter((line) => line.startsWith('{') && line.includes('"details":'));
  return lines.map((line) => {
    const fields = JSON.parse(line) as Readonly<Record<string, string | number | null>>;
    const text = (name: string) => (fields[name] === '-' ? '' : String(fields[name] ?? ''));
    const read = Object.fromEntries(texts.map((name) => [name, text(name)])) as Record<(typeof texts)[number], string>;
    return Object.assign(read, { code: Number(fields['code'] ?? 0) });
  });
}
