/** What the API server has noted of requests, in the log of its own pod. https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ */

/**
 * Arguments of kubectl: prints that log from a moment on, the audited requests among its other lines.
 *
 * @param since as the API server has it, e.g. a `creationTimestamp`
 */
export const apiAuditCommand = (since: string): readonly string[] => [
  'logs',
  '--namespace',
  'kube-system',
  '--selector',
  'component=kube-apiserver',
  `--since-time=${since}`,
  '--tail=-1',
];

/** One request that was answered. */
export interface AuditedRequest {
  /** The same as in the header `Audit-Id` of the answer. */
  readonly id: string;
  readonly verb: string;
  /** Whose rights were asked: where somebody acts as another, that other. */
  readonly user: string;
  /** Who has logged in. */
  readonly actingUser: string;
  /** E.g. `virtualservices`. */
  readonly resource: string;
  readonly namespace: string;
  /** Empty where the request was refused before its object was read. */
  readonly name: string;
  readonly code: number;
}

/** Reads the log; what is no audited request is left out. */
export function readApiAudit(log: string): AuditedRequest[] {
  return log.split('\n').flatMap((line) => {
    if (!line.startsWith('{"kind":"Event","apiVersion":"audit.k8s.io/')) return [];
    const { auditID, stage, verb, user, impersonatedUser, objectRef, responseStatus } = JSON.parse(line) as Printed;
    if (stage !== 'ResponseComplete') return [];
    return [
      {
        id: auditID,
        verb,
        user: (impersonatedUser ?? user).username,
        actingUser: user.username,
        resource: objectRef?.resource ?? '',
        namespace: objectRef?.namespace ?? '',
        name: objectRef?.name ?? '',
        code: responseStatus?.code ?? 0,
      },
    ];
  });
}

interface Printed {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code?: number };
}
