import { expect, test } from 'vitest';

import { readTlsCounters } from './tls-counters.ts';

const stats = `listener.0.0.0.0_15006.ssl.fail_verify_cert_hash: 0
listener.0.0.0.0_15006.ssl.fail_verify_error: 5
listener.0.0.0.0_15006.ssl.fail_verify_no_cert: 3
listener.0.0.0.0_15006.ssl.fail_verify_san: 2
listener.0.0.0.0_15006.ssl.handshake: 12
`;

test('refused handshakes are told apart by their reason, and from those that came to their end', () => {
  expect(readTlsCounters(stats)).toEqual({ handshakes: 12, untrusted: 5, without: 3, otherName: 2 });
});

test('a counter that the proxy does not publish is an error', () => {
  expect(() => readTlsCounters(stats.replace(/^.*no_cert.*$/m, ''))).toThrow('ssl.fail_verify_no_cert');
});
