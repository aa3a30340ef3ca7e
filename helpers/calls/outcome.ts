import type { Verdict } from '../record/observation.ts';
import { answeringVersion, judge, type Judged, rbacDenial } from './answer.ts';
import type { Reply } from './burst.ts';

/** How a call is expected to end, in words for people and as a test on one answer. */
export interface Outcome {
  /** Completes the sentence "the frontend's call …". */
  readonly says: string;
  /**
   * What it means that a call ends so: whoever expects an ending knows whether it is an answer, a refusal or a breakdown,
   * and a status alone does not tell. `as judged` where either may be right.
   */
  readonly verdict: Verdict | 'as judged';
  readonly holds: (answer: Judged) => boolean;
  /** Text of the answer that tells it from others of the same status, e.g. the name of the version that answered. */
  readonly containing?: string;
}

/** Tells of one call of many whether it ended so. What curl said besides is not kept of these. */
export function endsAs({ holds }: Outcome): (reply: Reply) => boolean {
  return ({ curlExit, status, headers, body }) =>
    holds({ curlExit, http: { status, headers, body }, transcript: { stderr: '' } });
}

/** The application answered with this status and, where given, with this text in the answer's body. */
export function answered(status: number, containing?: string): Outcome {
  return {
    verdict: 'allowed',
    says: `is answered with HTTP ${status}${containing === undefined ? '' : ` and the text "${containing}"`}`,
    ...(containing === undefined ? {} : { containing }),
    holds: (answer) =>
      judge(answer).verdict === 'allowed' &&
      answer.http.status === status &&
      (containing === undefined || answer.http.body.includes(containing)),
  };
}

/** This version of the test server answered, with 200 or, if it is a bad version, with the status given. */
export function answeredByVersion(version: string, status = 200): Outcome {
  return {
    verdict: 'allowed',
    says: `is answered by version ${version} with HTTP ${status}`,
    containing: version,
    holds: ({ http }) => http.status === status && answeringVersion(http.body) === version,
  };
}

/** Dropped (kindnet and our engine: curl 28) or rejected (k3s: curl 7) by the network; a lookup that fails is neither. */
export const blockedByNetwork: Outcome = {
  verdict: 'blocked',
  says: 'is blocked by the network: no answer, or the connection refused',
  holds: (answer) => judge(answer).verdict === 'blocked' && (answer.curlExit === 28 || answer.curlExit === 7),
};

/** Plaintext refused by a proxy that takes mutual TLS only: the connection breaks before any HTTP. */
export const resetByProxy: Outcome = {
  verdict: 'blocked',
  says: 'is reset by the proxy, which takes mutual TLS only',
  holds: (answer) => [35, 52, 56].includes(answer.curlExit ?? 0) && judge(answer).verdict === 'blocked',
};

/** Refused by the proxy's RBAC filter. A 403 of the application has another body. */
export const forbidden: Outcome = {
  verdict: 'blocked',
  says: `is refused by the proxy: HTTP 403, ${rbacDenial}`,
  holds: (answer) => answer.http.status === 403 && answer.http.body.trim() === rbacDenial,
};

/** The caller's own proxy gives up: the connection to the called workload fails, or is closed before an answer. */
export const upstreamConnectError: Outcome = {
  verdict: 'blocked',
  says: "is answered with HTTP 503 by the caller's own proxy, which gets no connection",
  holds: ({ http }) => http.status === 503 && http.body.startsWith('upstream connect error'),
};

/** Nobody listens at the address: refused (curl 7), or no answer (curl 28) where the network drops such packets. */
export const connectionRefused: Outcome = {
  verdict: 'broken',
  says: 'finds nobody there: the connection is refused, or gets no answer',
  holds: blockedByNetwork.holds,
};

/** The name service knows no such name. A lookup that gets no answer at all ends otherwise (curl 28). */
export const nameNotFound: Outcome = {
  verdict: 'broken',
  says: 'ends before any call: the name is not known',
  holds: ({ curlExit, transcript }) => curlExit === 6 && /could not resolve/i.test(transcript.stderr),
};

/**
 * The API server can be reached, and answers that it does not know the caller: kubeadm with 403, k3s with 401. It is what
 * was called, so its answer is one, whatever it thinks of the caller.
 */
export const notAuthorised: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 401 or 403 by the API server',
  holds: ({ http }) => (http.status === 401 || http.status === 403) && http.body.includes('"kind": "Status"'),
};

/** The answer passed a proxy on its way, as its headers tell. */
export const answeredThroughProxy: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and its headers tell of a proxy: server: envoy, x-envoy-upstream-service-time',
  holds: ({ http }) =>
    http.status === 200 && http.headers['server'] === 'envoy' && 'x-envoy-upstream-service-time' in http.headers,
};

/** The answer is as the application, nginx, sent it. */
export const answeredPastProxy: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, and its headers tell of the application alone: server: nginx',
  holds: ({ http }) =>
    http.status === 200 &&
    (http.headers['server'] ?? '').startsWith('nginx') &&
    !Object.keys(http.headers).some((name) => name.startsWith('x-envoy')),
};

/** The application answered with an error of its own, where given with this text: what a bad version does. */
export function failsWith(status: number, containing: string): Outcome {
  return {
    verdict: 'allowed',
    says: `is answered by the application with HTTP ${status} and the text "${containing}"`,
    containing,
    holds: ({ http }) => http.status === status && http.body.includes(containing),
  };
}

/** The caller's proxy knows the subset, and that no pod is in it. */
export const noHealthyUpstream: Outcome = {
  verdict: 'broken',
  says: "is answered with HTTP 503, no healthy upstream, by the caller's own proxy",
  holds: ({ http }) => http.status === 503 && http.body.trim() === 'no healthy upstream',
};

/** The caller's proxy is sent to a subset that nobody has defined: no body, and the flag NC in its access log. */
export const clusterNotFound: Outcome = {
  verdict: 'broken',
  says: "is answered with an empty HTTP 503 by the caller's own proxy",
  holds: ({ http }) => http.status === 503 && http.body.trim() === '' && http.headers['server'] === 'envoy',
};

/**
 * Refused while the TLS connection was being made, because of the certificate that the caller showed or did not show. With
 * TLS 1.3 a caller hears of it only after its own part is done (curl 55 or 56); a counter of the called proxy then tells it
 * from a connection that broke.
 */
export const handshakeRefused: Outcome = {
  verdict: 'blocked',
  says: 'is refused during the TLS handshake: no HTTP answer',
  holds: ({ curlExit, http }) => http.status === 0 && [35, 55, 56].includes(curlExit ?? 0),
};

/**
 * Refused in the same way, because the certificate has ended. The server says "certificate expired", which curl takes for
 * the outcome of a check of its own (60), also where it was told to check nothing.
 */
export const expiredRefused: Outcome = {
  verdict: 'blocked',
  says: 'is refused during the TLS handshake, since the certificate has ended: no HTTP answer',
  holds: ({ curlExit, http }) => http.status === 0 && [35, 56, 60].includes(curlExit ?? 0),
};

/** The token that the call carries was refused by the called proxy, where given in these words. */
export function unauthorised(words = 'Jwt'): Outcome {
  return {
    verdict: 'blocked',
    says: `is refused by the proxy for its token: HTTP 401, ${words}`,
    containing: words,
    holds: ({ http }) =>
      http.status === 401 &&
      http.body.startsWith('Jwt') &&
      http.body.includes(words) &&
      'www-authenticate' in http.headers,
  };
}

/** The lookup of the name ended without an answer: refused, or not answered in time. */
export const notResolved: Outcome = {
  verdict: 'blocked',
  says: 'ends before any connection: the name service does not answer',
  holds: ({ curlExit, transcript }) => (curlExit === 6 || curlExit === 28) && /resolv/i.test(transcript.stderr),
};

/** The caller's own proxy knows no such destination and may not pass on what it does not know. */
export const blackHoled: Outcome = {
  verdict: 'blocked',
  says: "is answered with an empty HTTP 502 by the caller's own proxy",
  holds: ({ http }) => http.status === 502 && http.body.trim() === '' && http.headers['server'] === 'envoy',
};

/** The same for what the proxy does not take for HTTP: there is nobody whom it could tell a status, so the connection ends. */
export const closedByOwnProxy: Outcome = {
  verdict: 'blocked',
  says: "is cut off by the caller's own proxy: the connection ends without an answer",
  holds: ({ curlExit, http }) => http.status === 0 && [35, 52, 56].includes(curlExit ?? 0),
};

/** Refused in the words of gRPC: the HTTP answer is a 200, and its status 7 means that permission is denied. */
export const grpcDenied: Outcome = {
  verdict: 'blocked',
  says: 'is refused in the words of gRPC: HTTP 200, grpc-status 7',
  holds: ({ http }) => http.status === 200 && http.headers['grpc-status'] === '7',
};

/** The caller's own proxy ends the call by a fault that was injected into it; the call goes nowhere. */
export const abortedByFault: Outcome = {
  verdict: 'broken',
  says: "is answered with HTTP 503, fault filter abort, by the caller's own proxy",
  containing: 'fault filter abort',
  holds: ({ http }) => http.status === 503 && http.body.trim() === 'fault filter abort',
};

/** The caller's own proxy waited as long as it may, and gave the call up. */
export const timedOutByProxy: Outcome = {
  verdict: 'broken',
  says: "is answered with HTTP 504, upstream request timeout, by the caller's own proxy",
  containing: 'upstream request timeout',
  holds: ({ http }) => http.status === 504 && http.body.trim() === 'upstream request timeout',
};

/** The called proxy has let as many calls through as it may for now. */
export const tooMany: Outcome = {
  verdict: 'blocked',
  says: 'is refused by the called proxy as one too many: HTTP 429, local_rate_limited',
  containing: 'local_rate_limited',
  holds: ({ http }) => http.status === 429 && http.body.trim() === 'local_rate_limited',
};

/** The caller is to ask again at another address, and for good. */
export function movedTo(url: string): Outcome {
  return {
    verdict: 'allowed',
    says: `is sent on to ${url} with HTTP 301`,
    holds: ({ http }) => http.status === 301 && http.headers['location'] === url,
  };
}

/** The gateway has no way for what was asked for: no body, and the flag NR in its access log. */
export const notRouted: Outcome = {
  verdict: 'blocked',
  says: 'is answered with an empty HTTP 404 by the gateway, which has no way for it',
  holds: ({ http }) => http.status === 404 && http.body.trim() === '' && http.headers['server'] === 'istio-envoy',
};

/**
 * Refused by the called proxy because a decider that it asks said no, or said nothing: no body, unlike a refusal by the
 * proxy's own rules. Which of the two it was stands in the proxy's log.
 */
export const refusedByProvider: Outcome = {
  verdict: 'blocked',
  says: 'is refused by the proxy, which has asked a decider: HTTP 403 without a body',
  holds: ({ http }) => http.status === 403 && http.body.trim() === '',
};

/** Refused by the called proxy with the answer that the decider gave: its status, and its text. */
export function refusedByDecider(status: number, containing: string): Outcome {
  return {
    verdict: 'blocked',
    says: `is refused with the decider's own answer: HTTP ${status} and the text "${containing}"`,
    containing,
    holds: ({ http }) => http.status === status && http.body.includes(containing),
  };
}

/**
 * Refused by ztunnel: it speaks no HTTP, so the connection ends without an answer. Never during a TLS handshake, which
 * nobody speaks with the caller. A server that is down may look the same, so the log of ztunnel has to tell besides.
 */
export const closedByNodeProxy: Outcome = {
  verdict: 'blocked',
  says: 'is closed by ztunnel: the connection ends without an answer',
  holds: (answer) =>
    answer.http.status === 0 && judge(answer).verdict === 'blocked' && [52, 56].includes(answer.curlExit ?? 0),
};

/**
 * The caller's own ztunnel takes the connection, and the network lets no tunnel through: no answer in time where packets
 * are dropped, or the connection ends where they are rejected. The log of ztunnel has to tell which it was.
 */
export const heldUpByNetwork: Outcome = {
  verdict: 'blocked',
  says: 'is held up: the network lets no tunnel through, and no answer comes',
  holds: (answer) =>
    answer.http.status === 0 && judge(answer).verdict === 'blocked' && [28, 52, 56].includes(answer.curlExit ?? 0),
};
