import { expect, test } from 'vitest';

import { cutOffFrom, flagsOf, headersHandedOn, linesOfCall, readProxyLog } from './proxy-log.ts';

const log = `2026-11-29T10:00:00.000000Z info Envoy proxy is ready
[2026-11-29T10:00:01.000Z] "GET /data?call=a HTTP/1.1" 403 - rbac_access_denied_matched_policy[none] - "-" 0 19 0 - "-" "curl/8.22.0" "9a7e" "backend" "-" inbound|80|| - 10.244.0.9:80 10.244.0.8:40714 outbound_.80_._.backend.shop.svc.cluster.local default
[2026-11-29T10:00:02.000Z] "GET / HTTP/1.1" 401 - jwt_authn_access_denied{Jwt_is_expired} - "-" 0 14 0 - "-" "curl/8.22.0" "9a7e" "backend" "-" inbound|80|| - 10.244.0.9:80 10.244.0.8:40714 - default
[2026-11-29T10:00:03.000Z] "- - -" 0 NR filter_chain_not_found - "-" 0 0 0 - "-" "-" "-" "-" "-" - - 10.244.0.9:80 10.244.0.7:51234 - -
[2026-11-29T10:00:04.000Z] "- - -" 0 - - rbac_access_denied_matched_policy[none] "-" 8 0 2 - "-" "-" "-" "-" "10.244.0.9:5432" inbound|5432|| - 10.244.0.9:5432 10.244.0.8:40716 - -
`;

test('a call, a token that was refused, a connection without a certificate and one that a rule ended are told apart', () => {
  expect(readProxyLog(log)).toMatchObject([
    {
      method: 'GET',
      path: '/data?call=a',
      status: 403,
      details: 'rbac_access_denied_matched_policy[none]',
      received: 0,
      sent: 19,
      durationMs: 0,
      forwardedFor: '-',
      userAgent: 'curl/8.22.0',
      requestId: '9a7e',
      authority: 'backend',
      to: '-',
      cluster: 'inbound|80||',
      from: '10.244.0.8:40714',
      serverName: 'outbound_.80_._.backend.shop.svc.cluster.local',
      route: 'default',
    },
    { status: 401, details: 'jwt_authn_access_denied{Jwt_is_expired}', authority: 'backend', serverName: '-' },
    { method: '-', status: 0, flags: 'NR', details: 'filter_chain_not_found', from: '10.244.0.7:51234' },
    {
      method: '-',
      details: '-',
      termination: 'rbac_access_denied_matched_policy[none]',
      to: '10.244.0.9:5432',
      received: 8,
    },
  ]);
});

test('connections that fitted nothing are told by the whole of their address', () => {
  expect(cutOffFrom(log, '10.244.0.7')).toHaveLength(1);
  expect(cutOffFrom(log, '10.244.0')).toEqual([]);
  expect(cutOffFrom(log, '10.244.0.8')).toEqual([]);
});

test('flags are told in one order, and a line without any has none', () => {
  expect(flagsOf({ flags: 'URX,UF' })).toEqual(['UF', 'URX']);
  expect(flagsOf({ flags: '-' })).toEqual([]);
});

test('a call is found by the mark in its query, and by the whole of it', () => {
  expect(linesOfCall(log, 'call=a')).toHaveLength(1);
  expect(linesOfCall(log, 'call=')).toHaveLength(0);
});

test('the headers of a call are read by its path, and not those of another', () => {
  const of = (path: string, header: string) =>
    `2026-11-29T10:00:05.000000Z\tdebug\tenvoy router source/common/router/router.cc:880\t[Tags: "ConnectionId":"6"] router decoding headers:
':authority', 'backend'
':path', '${path}'
':method', 'GET'
'${header}', 'original'
\tthread=16
2026-11-29T10:00:05.000001Z\tdebug\tenvoy router source/common/router/upstream_request.cc:648\tpool ready\tthread=16
`;
  const text = of('/other?call=b', 'x-forwarded-for') + of('/data?call=a', 'x-marker') + log;
  expect(headersHandedOn(text, '/data?call=a')).toEqual([':authority', ':path', ':method', 'x-marker']);
  expect(headersHandedOn(text, '/data')).toEqual([]);
});
