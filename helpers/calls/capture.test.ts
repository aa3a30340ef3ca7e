import { expect, test } from 'vitest';

import { readCapture } from './capture.ts';

const start =
  'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n' +
  'listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes\n';
const packet = '06:59:45.152424 IP 10.244.0.34.50444 > 10.244.0.36.80: Flags [P.], length 99: HTTP: GET / HTTP/1.1';

test('a capture is what stands between the first lines and the statistics', () => {
  const statistics = '1 packet captured\n1 packet received by filter\n0 packets dropped by kernel\n';
  expect(readCapture(`${start}${packet}\n${statistics}`)).toEqual({ packets: 1, text: packet });
});

test('nothing captured is zero packets and no text', () => {
  const statistics = '0 packets captured\n0 packets received by filter\n0 packets dropped by kernel\n';
  expect(readCapture(`${start}\n${statistics}`)).toEqual({ packets: 0, text: '' });
});

test('a capture that lost packets, or has no statistics, is no evidence', () => {
  const lost = '1 packet captured\n3 packets received by filter\n2 packets dropped by kernel\n';
  expect(() => readCapture(`${start}${packet}\n${lost}`)).toThrow('did not see every packet');
  expect(() => readCapture(`${start}${packet}\n`)).toThrow('did not see every packet');
});
