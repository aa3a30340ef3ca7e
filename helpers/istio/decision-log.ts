/** The decision log of OPA: what a proxy asked about each call, and what OPA decided. https://www.openpolicyagent.org/docs/management-decision-logs */

/** One question and its answer. A text is empty where the question has none. */
export interface Decision {
  /** Identity in the caller's certificate, as the proxy has checked it. */
  readonly principal: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The same id that the called server sees. */
  readonly requestId: string;
  /** What a header of the call says of its caller's certificate. */
  readonly forwardedCertificate: string;
  readonly allowed: boolean;
}

/** The part of a line that is read here. */
interface Line {
  readonly input?: {
    readonly attributes?: {
      readonly source?: { readonly principal?: string };
      readonly request?: {
        readonly http?: {
          readonly method?: string;
          readonly path?: string;
          readonly headers?: Readonly<Record<string, string>>;
        };
      };
    };
  };
  readonly result?: unknown;
}

/** Arguments of kubectl: prints all that the OPA of a workload has logged. */
export function decisionLogCommand(workload: string): string[] {
  return ['logs', workload, '--container', 'opa', '--tail=-1'];
}

/** Reads OPA's log; what is no decision about a call of a proxy is left out. */
export function readDecisions(log: string): Decision[] {
  return log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"msg":"Decision Log"'))
    .flatMap((line) => {
      const { input, result } = JSON.parse(line) as Line;
      const call = input?.attributes?.request?.http;
      if (call === undefined) return [];
      const { method = '', path = '', headers = {} } = call;
      return [
        {
          principal: input?.attributes?.source?.principal ?? '',
          method,
          path,
          requestId: headers['x-request-id'] ?? '',
          forwardedCertificate: headers['x-forwarded-client-cert'] ?? '',
          allowed: result === true,
        },
      ];
    });
}
