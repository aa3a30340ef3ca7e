import { expect, test } from 'vitest';

import { readDecisions } from './decision-log.ts';

const line = (fields: object) => JSON.stringify({ level: 'info', msg: 'Decision Log', ...fields });
const headers = { 'x-request-id': '7f-1', 'x-forwarded-client-cert': 'URI=spiffe://a' };
const http = { method: 'GET', path: '/orders?call=one', headers };

test('a decision has the caller that the proxy has checked, what it asked for, and the answer', () => {
  const source = { principal: 'spiffe://cluster.local/ns/shop/sa/clerk' };
  const log = [
    '{"level":"info","msg":"Initializing server."}',
    line({ input: { attributes: { source, request: { http } } }, result: true }),
    line({ path: 'freeze', result: true }),
  ].join('\n');
  expect(readDecisions(log)).toEqual([
    {
      principal: 'spiffe://cluster.local/ns/shop/sa/clerk',
      method: 'GET',
      path: '/orders?call=one',
      requestId: '7f-1',
      forwardedCertificate: 'URI=spiffe://a',
      allowed: true,
    },
  ]);
});

test('a call without a certificate has no principal, and what is not true is no permission', () => {
  const bare = { method: 'GET', path: '/orders' };
  const [denied, undecided] = readDecisions(
    [
      line({ input: { attributes: { source: {}, request: { http: bare } } }, result: false }),
      line({ input: { attributes: { request: { http: bare } } } }),
    ].join('\n'),
  );
  expect(denied).toMatchObject({ principal: '', requestId: '', forwardedCertificate: '', allowed: false });
  expect(undecided?.allowed).toBe(false);
});
