import { expect, test } from 'vitest';

import { isClientHello, isEncrypted, tcpPayloads } from './packet.ts';

/** As `tcpdump -X` prints a packet: IP and TCP headers of 20 bytes each, then the contents. */
function printed(payload: Buffer, from = '10.0.0.1'): string {
  const packet = Buffer.concat([Buffer.alloc(40), payload]);
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet[32] = 0x50;
  packet.set(from.split('.').map(Number), 12);
  const rows = Array.from({ length: Math.ceil(packet.length / 16) }, (_, row) => {
    const bytes = packet.subarray(row * 16, row * 16 + 16);
    const groups = bytes.toString('hex').match(/.{1,4}/g) ?? [];
    const characters = bytes.toString('latin1').replaceAll(/[^\x21-\x7e]/g, '.');
    return `\t0x${(row * 16).toString(16).padStart(4, '0')}:  ${groups.join(' ').padEnd(39)}  ${characters}`;
  });
  return ['12:00:00.000000 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [P.], seq 1:9, ack 1', ...rows].join('\n');
}

const request = Buffer.from('GET / HTTP/1.1\r\nHost: backend\r\nX-Account-Id: account-4711\r\n\r\n');

test('a text is found whole, though the dump breaks it into lines', () => {
  const dump = printed(request);
  expect(dump).not.toContain('account-4711');
  expect(tcpPayloads(dump)).toEqual([request]);
});

test('packets without contents are left out, and the others stay apart', () => {
  const dump = [printed(Buffer.alloc(0)), printed(Buffer.from('one')), printed(Buffer.from('two'))].join('\n');
  expect(tcpPayloads(dump).map(String)).toEqual(['one', 'two']);
});

test('packets of one sender are told by their header', () => {
  const dump = [printed(Buffer.from('one'), '10.0.0.1'), printed(Buffer.from('two'), '10.0.0.12')].join('\n');
  expect(tcpPayloads(dump, '10.0.0.1').map(String)).toEqual(['one']);
});

test('contents that look like a dump of bytes are read once', () => {
  const text = Buffer.from('0x0000: aaaa bbbb cccc dddd eeee ffff 0000 1111 2222');
  expect(tcpPayloads(printed(text))).toEqual([text]);
});

test('padding behind the end of a packet is no contents', () => {
  const dump = printed(Buffer.alloc(0));
  expect(tcpPayloads(`${dump}\n\t0x0030:  0000 0000                                ....`)).toEqual([]);
});

test('records of TLS are told from each other and from HTTP', () => {
  const hello = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00]);
  const data = Buffer.from([0x17, 0x03, 0x03, 0x00, 0x20, 0xaa]);
  expect([hello, data, request].map(isClientHello)).toEqual([true, false, false]);
  expect([hello, data, request].map(isEncrypted)).toEqual([false, true, false]);
});
