import { expect, test } from 'vitest';

import { readTlsEndings, tellTlsEndings, tlsCalls } from './tls-calls.ts';

test('a call asks for a name and a protocol, and shows a certificate where it has one', () => {
  const [, , script = ''] = tlsCalls(5, { to: '10.0.0.1:15443', serverName: 'a_.b', keys: '/keys/a' });
  expect(script).toContain('seq 5');
  expect(script).toContain(
    'openssl s_client -connect 10.0.0.1:15443 -servername a_.b -alpn istio -cert /keys/a/tls.crt -cert_chain /keys/a/intermediate.crt -key /keys/a/tls.key -ign_eof',
  );
});

test('without a protocol and a certificate it says neither', () => {
  const [, , script = ''] = tlsCalls(1, { to: 'a:1', serverName: 'b', protocol: '' });
  expect(script).not.toMatch(/-alpn|-cert/);
});

test('endings are told apart: answered, refused by a policy, ended by TLS, and nobody there', () => {
  const text = `call 1
CONNECTED(00000003)
    0020 - 46 65 ec feHTTP/1.1 200 OK\r
call 2
CONNECTED(00000003)
HTTP/1.1 403 Forbidden\r
\r
RBAC: access denied
call 3
CONNECTED(00000003)
80BB:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:ssl/record/rec_layer_s3.c:916:SSL alert number 116
call 4
connect:errno=111
`;
  expect(readTlsEndings(text)).toEqual([
    { connected: true, shown: '', status: 200, isForbidden: false, alert: '' },
    { connected: true, shown: '', status: 403, isForbidden: true, alert: '' },
    { connected: true, shown: '', status: 0, isForbidden: false, alert: 'certificate required' },
    { connected: false, shown: '', status: 0, isForbidden: false, alert: '' },
  ]);
  expect(tellTlsEndings(text).split('\n').slice(2)).toEqual([
    'no certificate, no HTTP answer, alert certificate required',
    'no connection, no certificate, no HTTP answer',
  ]);
});
