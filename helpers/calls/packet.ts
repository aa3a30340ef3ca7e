/** What travelled inside captured packets. */

/**
 * The contents of TCP segments out of what `tcpdump -X` printed, headers taken off, one for each packet that has any.
 * Only IPv4: the lab's pods have no other address.
 *
 * @param from address of the sender whose packets are meant; of all unless given
 */
export function tcpPayloads(hexDump: string, from?: string): Buffer[] {
  const packets: string[] = [];
  for (const line of hexDump.split('\n')) {
    // Offset, then up to eight groups of two bytes, then the same as characters.
    const [, offset, bytes = ''] = /^\s+0x([0-9a-f]{4}):\s+((?:[0-9a-f]{2,4} ){1,8})/.exec(line) ?? [];
    if (offset === '0000') packets.push('');
    if (offset !== undefined) packets.push(`${packets.pop() ?? ''}${bytes.replaceAll(' ', '')}`);
  }
  return packets
    .map((hex) => Buffer.from(hex, 'hex'))
    .filter((packet) => from === undefined || packet.subarray(12, 16).join('.') === from)
    .map(payloadOf)
    .filter(({ length }) => length > 0);
}

/** https://www.rfc-editor.org/rfc/rfc791#section-3.1 and https://www.rfc-editor.org/rfc/rfc9293#section-3.1 */
function payloadOf(packet: Buffer): Buffer {
  const ipHeader = ((packet[0] ?? 0) & 0x0f) * 4;
  const tcpHeader = ((packet[ipHeader + 12] ?? 0) >> 4) * 4;
  return packet.subarray(ipHeader + tcpHeader, packet.length < 4 ? 0 : packet.readUInt16BE(2));
}

/** True if the contents begin with a record of encrypted application data. https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
export function isEncrypted(payload: Buffer): boolean {
  return payload.subarray(0, 3).equals(Buffer.from([0x17, 0x03, 0x03]));
}

/** True if the contents begin with a ClientHello, the one message of TLS that names the server in clear. */
export function isClientHello(payload: Buffer): boolean {
  return payload[0] === 0x16 && payload[5] === 0x01;
}
