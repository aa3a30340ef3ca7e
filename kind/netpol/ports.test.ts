import { describe, expect, test } from 'vitest';

import { chainOf, textOf } from './examples.ts';

describe('ports of a rule', () => {
  test.for([
    ['a number is TCP by default', '{ port: 80 }', ['tcp dport { 80 } accept']],
    ['endPort makes a range', '{ port: 80, endPort: 90 }', ['tcp dport { 80-90 } accept']],
    [
      'ports that overlap are merged',
      '{ port: 80, endPort: 90 }, { port: 85 }, { port: 443 }',
      ['tcp dport { 80-90, 443 } accept'],
    ],
    [
      'each protocol has its own',
      '{ port: 53, protocol: UDP }, { port: 53 }, { port: 7, protocol: SCTP }',
      ['udp dport { 53 } accept', 'tcp dport { 53 } accept', 'sctp dport { 7 } accept'],
    ],
    [
      'a protocol without a port is all of it',
      '{ protocol: UDP }, { port: 53, protocol: UDP }',
      ['meta l4proto udp accept'],
    ],
  ] as const)('%s', ([, ports, expected]) => {
    expect(chainOf(`podSelector: {}\ningress: [{ ports: [${ports}] }]`)).toEqual(expected);
  });

  test.for([
    ["for ingress the selected pod's own", 'ingress: [{ ports: [{ port: web }] }]', ['10.244.0.5 . tcp . 8080']],
    [
      'for egress that of each destination',
      'policyTypes: [Egress]\negress: [{ ports: [{ port: web }] }]',
      ['10.244.0.5 . tcp . 8080', '10.244.0.7 . tcp . 9090'],
    ],
    [
      'for egress to peers that of these alone',
      'policyTypes: [Egress]\negress: [{ to: [{ ipBlock: { cidr: 10.244.0.7/32 } }], ports: [{ port: web }] }]',
      ['10.244.0.7 . tcp . 9090'],
    ],
    [
      'only under its own protocol',
      'ingress: [{ ports: [{ port: dns, protocol: UDP }, { port: dns }] }]',
      ['10.244.0.5 . udp . 53'],
    ],
    ['nothing if no pod has it', 'ingress: [{ ports: [{ port: ghost }] }]', []],
  ] as const)('that are named mean %s', ([, spec, expected]) => {
    expect(textOf(`podSelector: {}\n${spec}`).match(/[\d.]+ \. (tcp|udp|sctp) \. \d+/g) ?? []).toEqual(expected);
  });
});
