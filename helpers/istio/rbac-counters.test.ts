import { expect, test } from 'vitest';

import { rbacSince, readRbacCounters } from './rbac-counters.ts';

const stats = `http.inbound_0.0.0.0_80;.rbac.allowed: 4
http.inbound_0.0.0.0_80;.rbac.denied: 19
http.inbound_0.0.0.0_80;.rbac.istio_dry_run_allow_.shadow_allowed: 1
http.inbound_0.0.0.0_80;.rbac.istio_dry_run_deny_.shadow_denied: 2
http.inbound_0.0.0.0_9000;.rbac.allowed: 1
tcp.rbac.allowed: 3
tcp.rbac.denied: 0
`;

test('decisions about HTTP are added over all ports; those about TCP and rehearsed ones stand apart', () => {
  expect(readRbacCounters(stats)).toEqual({
    allowed: 5,
    denied: 19,
    tcpAllowed: 3,
    tcpDenied: 0,
    shadowAllowed: 1,
    shadowDenied: 2,
  });
});

test('what was decided in between is the difference', () => {
  const before = readRbacCounters(stats);
  const after = readRbacCounters(
    stats.replace('denied: 19', 'denied: 20').replace('tcp.rbac.denied: 0', 'tcp.rbac.denied: 6'),
  );
  expect(rbacSince(before, after)).toMatchObject({ allowed: 0, denied: 1, tcpDenied: 6 });
});
