import { type Answer, judge, rbacDenial } from './answer.ts';

/** How a call is expected to end, in words for people and as a test on one answer. */
export interface Outcome {
  /** Completes the sentence "the frontend's call …". */
  readonly says: string;
  readonly holds: (answer: Answer) => boolean;
  /** Text of the answer that tells it from others of the same status, e.g. the name of the version that answered. */
  readonly containing?: string;
}

/** The application answered with this status and, where given, with this text in the answer's body. */
export function answered(status: number, containing?: string): Outcome {
  return {
    says: `is answered with HTTP ${status}${containing === undefined ? '' : ` and the text "${containing}"`}`,
    ...(containing === undefined ? {} : { containing }),
    holds: (answer) =>
      judge(answer).verdict === 'allowed' &&
      answer.http.status === status &&
      (containing === undefined || answer.http.body.includes(containing)),
  };
}

/** Dropped (kindnet and our engine: curl 28) or rejected (k3s: curl 7) by the network; a lookup that fails is neither. */
export const blockedByNetwork: Outcome = {
  says: 'is blocked by the network: no answer, or the connection refused',
  holds: (answer) => judge(answer).verdict === 'blocked' && (answer.curlExit === 28 || answer.curlExit === 7),
};

/** Plaintext refused by a proxy that takes mutual TLS only: the connection breaks before any HTTP. */
export const resetByProxy: Outcome = {
  says: 'is reset by the proxy, which takes mutual TLS only',
  holds: (answer) => [35, 52, 56].includes(answer.curlExit ?? 0) && judge(answer).verdict === 'blocked',
};

/** Refused by the proxy's RBAC filter. A 403 of the application has another body. */
export const forbidden: Outcome = {
  says: `is refused by the proxy: HTTP 403, ${rbacDenial}`,
  holds: (answer) => answer.http.status === 403 && answer.http.body.trim() === rbacDenial,
};

/** The caller's own proxy gives up: the connection to the called workload fails, or is closed before an answer. */
export const unreachableForProxy: Outcome = {
  says: "is answered with HTTP 503 by the caller's own proxy, which gets no connection",
  holds: ({ http }) => http.status === 503 && http.body.startsWith('upstream connect error'),
};
