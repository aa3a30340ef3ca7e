import { expect, test } from 'vitest';

import { declaredHostCommand, readDeclaredHost, tellDeclaredHost } from './declared-host.ts';

const plain = {
  name: 'outbound|80||mainframe.oldbridge.example',
  type: 'STRICT_DNS',
  connectTimeout: '0.500s',
  metadata: {
    filterMetadata: {
      istio: {
        config: '/apis/networking.istio.io/v1alpha3/namespaces/offices/destination-rule/limits',
        services: [{ host: 'mainframe.oldbridge.example', name: 'mainframe.oldbridge.example', namespace: 'offices' }],
      },
    },
  },
};
const encrypted = {
  name: 'outbound|443||mainframe.oldbridge.example',
  type: 'EDS',
  connectTimeout: '10s',
  transportSocket: { name: 'envoy.transport_sockets.tls', typedConfig: { sni: 'mainframe.oldbridge.example' } },
};

test('asks for one host, as one proxy has it', () => {
  expect(declaredHostCommand('deployment/frontend', 'mainframe.oldbridge.example', 'offices').join(' ')).toBe(
    'proxy-config clusters deployment/frontend.offices --fqdn mainframe.oldbridge.example --output json',
  );
});

test('reads for each port the rule that is in force, and whether TLS is made', () => {
  expect(readDeclaredHost(JSON.stringify([plain, encrypted]))).toEqual([
    { port: 80, addressesBy: 'STRICT_DNS', connectTimeout: '0.500s', rule: 'limits', makesTls: false },
    { port: 443, addressesBy: 'EDS', connectTimeout: '10s', rule: '', makesTls: true },
  ]);
  expect(tellDeclaredHost(JSON.stringify([plain, encrypted]))).toBe(
    'port 80: addresses by STRICT_DNS, 0.500s to connect, DestinationRule limits, no TLS\n' +
      'port 443: addresses by EDS, 10s to connect, no DestinationRule, TLS',
  );
});

test('a host that the proxy does not know has no port', () => {
  expect(['', '[]', 'null\n'].map((json) => readDeclaredHost(json))).toEqual([[], [], []]);
});
