import { expect, test } from 'vitest';

import { readAuditLog } from './audit-log.ts';

const log = `2026-11-29T10:00:00.000000Z info Envoy proxy is ready
[2026-11-29T10:00:01.000Z] "GET /data HTTP/1.1" 200 - via_upstream - "-" 0 19 0 - "-" "curl/8.22.0" "9a7e" "backend" "-" - - - - - -
{"address":"10.244.0.8:49736","caller":"spiffe://m/sa/frontend","closed":null,"code":200,"details":"via_upstream","flags":"-","grpc":null,"marker":"f1","method":"GET","path":"/accounts/7","rehearsal":"allowed","subject":"alice","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}
{"address":"10.244.0.7:49722","caller":null,"closed":null,"code":0,"details":"filter_chain_not_found","flags":"NR","grpc":null,"marker":null,"method":null,"path":null,"rehearsal":null,"subject":null,"trace":null}
`;

test('a decision about a call has its caller, and what a connection does not have is empty', () => {
  expect(readAuditLog(log)).toEqual([
    {
      marker: 'f1',
      caller: 'spiffe://m/sa/frontend',
      subject: 'alice',
      address: '10.244.0.8:49736',
      method: 'GET',
      path: '/accounts/7',
      code: 200,
      grpc: '',
      flags: '',
      details: 'via_upstream',
      rehearsal: 'allowed',
      trace: '4bf92f3577b34da6a3ce929d0e0e4736',
    },
    {
      marker: '',
      caller: '',
      subject: '',
      address: '10.244.0.7:49722',
      method: '',
      path: '',
      code: 0,
      grpc: '',
      flags: 'NR',
      details: 'filter_chain_not_found',
      rehearsal: '',
      trace: '',
    },
  ]);
});
