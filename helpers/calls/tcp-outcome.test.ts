import { expect, test } from 'vitest';

import { cutOffTcp, judgeTcp, openTcp, refusedTcp, type TcpCall } from './tcp-outcome.ts';

const call = (bytes: string, decided: TcpCall['decided'], exitCode = 0): TcpCall => ({
  transcript: { command: 'kubectl exec …', stdout: bytes, stderr: 'error: lost', exitCode, durationMs: 1 },
  bytes,
  decided,
});
const counted = (tcpAllowed: number, tcpDenied: number) => ({ tcpAllowed, tcpDenied });

const open = call('N', counted(1, 0));
const openWithoutPolicy = call('N', counted(0, 0));
const refused = call('', counted(0, 1));
const cutOff = call('', counted(0, 0));
const unknown = call('', undefined);
const neverMade = call('', counted(0, 1), 1);

test('an answer of one byte is open, whether or not a policy was asked; other bytes are no database', () => {
  for (const each of [open, openWithoutPolicy, call('S', counted(0, 0))]) expect(openTcp.holds(each)).toBe(true);
  for (const each of [refused, cutOff, unknown, call('HTTP/1.1 400', counted(0, 0))])
    expect(openTcp.holds(each)).toBe(false);
});

test('without an answer only the counter tells a refusal from a cut, and neither is told where it could not be read', () => {
  expect([refused, cutOff, unknown, open].map(refusedTcp.holds)).toEqual([true, false, false, false]);
  expect([refused, cutOff, unknown, open].map(cutOffTcp.holds)).toEqual([false, true, false, false]);
  // Somebody else was refused at the same time, so nothing is known about this one.
  expect(refusedTcp.holds(call('', counted(0, 2)))).toBe(false);
});

test('a command that never ran in its pod is no outcome', () => {
  for (const { holds } of [openTcp, refusedTcp, cutOffTcp]) expect(holds(neverMade)).toBe(false);
  expect(judgeTcp(neverMade)).toEqual({ verdict: 'broken', signature: 'kubectl failed: error: lost' });
});

test('what is seen instead of the expected has a verdict of its own', () => {
  expect(judgeTcp(open)).toEqual({ verdict: 'allowed', signature: 'answered "N"' });
  expect(judgeTcp(refused)).toEqual({
    verdict: 'blocked',
    signature: 'closed without an answer, tcp.rbac.denied +1',
  });
  expect(judgeTcp(cutOff).verdict).toBe('broken');
  expect(judgeTcp(unknown).verdict).toBe('broken');
});
