/** How a connection is expected to end that carries no HTTP: judged by what came back, and by what the called proxy decided. */
import type { RbacCounters } from '../istio/rbac-counters.ts';
import type { Verdict } from '../record/observation.ts';
import type { Transcript } from '../system/program.ts';
import { ranInPod } from './answer.ts';

/** What one connection to a TCP port came to. */
export interface TcpCall {
  readonly transcript: Transcript;
  /** What the server answered, as characters; empty where nothing came back. */
  readonly bytes: string;
  /** What the RBAC filters of the called proxy decided about connections meanwhile; undefined where it could not be asked. */
  readonly decided: Pick<RbacCounters, 'tcpAllowed' | 'tcpDenied'> | undefined;
}

/** How a connection is expected to end, in words for people and as a test. */
export interface TcpOutcome {
  /** Completes the sentence "the frontend's connection …". */
  readonly says: string;
  readonly verdict: Verdict;
  readonly holds: (call: TcpCall) => boolean;
}

/** The database answered the question whether it speaks TLS: `N` for no, `S` for yes. */
export const openTcp: TcpOutcome = {
  verdict: 'allowed',
  says: 'is answered by the database',
  holds: ({ transcript, bytes }) => ranInPod(transcript) && /^[NS]$/.test(bytes),
};

/** Closed without an answer, and the called proxy counted one connection more that its policies deny. */
export const refusedTcp: TcpOutcome = {
  verdict: 'blocked',
  says: 'is closed by the proxy of the database, which counts it as denied by a policy',
  holds: ({ transcript, bytes, decided }) => ranInPod(transcript) && bytes === '' && decided?.tcpDenied === 1,
};

/**
 * Closed without an answer, before any policy was asked: what STRICT does to a caller without a certificate. A server that
 * is down looks the same, so the proxy's log has to tell besides.
 */
export const cutOffTcp: TcpOutcome = {
  verdict: 'blocked',
  says: 'is closed by the proxy of the database before any policy is asked',
  holds: ({ transcript, bytes, decided }) =>
    ranInPod(transcript) && bytes === '' && decided?.tcpDenied === 0 && decided.tcpAllowed === 0,
};

/** The verdict on one call, whatever was expected, with what tells it from others in a few words. */
export function judgeTcp({ transcript, bytes, decided }: TcpCall): { verdict: Verdict; signature: string } {
  if (!ranInPod(transcript))
    return { verdict: 'broken', signature: `kubectl failed: ${transcript.stderr.trim().split('\n').at(-1)}` };
  if (bytes !== '') return { verdict: 'allowed', signature: `answered "${bytes}"` };
  if (decided === undefined)
    return { verdict: 'broken', signature: 'no answer, and the called proxy does not say why' };
  const denied = decided.tcpDenied;
  return {
    verdict: denied > 0 ? 'blocked' : 'broken',
    signature: `closed without an answer, tcp.rbac.denied +${denied}`,
  };
}
