import { expect, test } from 'vitest';

import { certificateHash, certificatesIn, isSignedBy, lifetimeHours, readSecrets, spiffeIds } from './certificate.ts';

const root = `-----BEGIN CERTIFICATE-----
MIIBhDCCASugAwIBAgIUEuVop0wanhI1AvUZ2wISAL4Ht8owCgYIKoZIzj0EAwIw
GDEWMBQGA1UECgwNY2x1c3Rlci5sb2NhbDAeFw0yNjExMjEwNzI1MDBaFw0zNjEx
MTgwNzI1MDBaMBgxFjAUBgNVBAoMDWNsdXN0ZXIubG9jYWwwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQUQF+dR3aa6MlzOakYpu5pnzL+6U8tRaII8BvwSLSAtz0u
Gg902KFQcUAXaYMXR7/yO8gimJ78RX0InhepmFjfo1MwUTAdBgNVHQ4EFgQUy6Pt
CEQjPsDbNtqcfvyN/C1W8sswHwYDVR0jBBgwFoAUy6PtCEQjPsDbNtqcfvyN/C1W
8sswDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiA5J2o5shuLA08w
sDyEui6QNX3I6O6u7ZfshPXRgGbi9QIgXPhxbjTEnTSsvrB79nIw/BitFW4OV/AL
oBo2P8oW3jw=
-----END CERTIFICATE-----`;
/** Of the same name as the root, with a key of its own. */
const stranger = `-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUWxSo2xi9B+EbnXoiNBNDhFHfEN0wCgYIKoZIzj0EAwIw
GDEWMBQGA1UECgwNY2x1c3Rlci5sb2NhbDAeFw0yNjExMjEwNzI1MDBaFw0zNjEx
MTgwNzI1MDBaMBgxFjAUBgNVBAoMDWNsdXN0ZXIubG9jYWwwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAT01lcd8FjWsk/j8RdokRyUm+OvkseywvhkDdh7n5tAYa//
7x/FnFz/DG80zKvkiygTqIPBHy/5v4QQ4/Pa/novo1MwUTAdBgNVHQ4EFgQU+Ngq
hc8piGfJB3mvqjnkXTokBlMwHwYDVR0jBBgwFoAU+Ngqhc8piGfJB3mvqjnkXTok
BlMwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBAaCEREb06L+bs
B5MZC1b2XYnoSbH6WviDLdi5a67Q6wIhAI/9/NAHkw1cXbwvmQClw3q9dsWJBYyN
6fWa22nacDEs
-----END CERTIFICATE-----`;
const leaf = `-----BEGIN CERTIFICATE-----
MIIBljCCATygAwIBAgIUYQeYi0Vcvz7OW8v1Sto96vxZuVEwCgYIKoZIzj0EAwIw
GDEWMBQGA1UECgwNY2x1c3Rlci5sb2NhbDAeFw0yNjExMjEwNzI1MDBaFw0yNjEx
MjIwNzI1MDBaMAAwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQOdRya3L573hjL
IHnxFlr67YT6P3/SrtkxMcV1II1rcdX8wCxI/uMLuVqyw9kFY8d3mz/x80/6gw/C
5yzjV4qCo3wwejA4BgNVHREBAf8ELjAshipzcGlmZmU6Ly9jbHVzdGVyLmxvY2Fs
L25zL3Nob3Avc2EvZnJvbnRlbmQwHQYDVR0OBBYEFAzaPQYeH6Mg9K+72xicHbp/
/q4ZMB8GA1UdIwQYMBaAFMuj7QhEIz7A2zbanH78jfwtVvLLMAoGCCqGSM49BAMC
A0gAMEUCIAl+2A59DRdcg/CjDdJXZ0JSPuRoZ2GyarZaOKRdrAetAiEA8A6i7YsG
jdyof59ySjybY4hHDZC/ILpMRTf5Z4c4YHs=
-----END CERTIFICATE-----`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const dump = (trusted: string) =>
  JSON.stringify({
    dynamicActiveSecrets: [
      {
        name: 'default',
        secret: {
          tlsCertificate: {
            certificateChain: { inlineBytes: base64(leaf) },
            privateKey: { inlineBytes: base64('[redacted]') },
          },
        },
      },
      { name: 'ROOTCA', secret: { validationContext: { trustedCa: { inlineBytes: base64(trusted) } } } },
    ],
  });

test("the workload's certificate names its identity and lives a day", () => {
  const { chain } = readSecrets(dump(root));
  expect(spiffeIds(chain[0])).toEqual(['spiffe://cluster.local/ns/shop/sa/frontend']);
  expect(lifetimeHours(chain[0])).toBe(24);
});

test('a root names no identity', () => {
  expect(certificatesIn(root).flatMap(spiffeIds)).toEqual([]);
});

test('a chain is signed by the root that issued it, alone or among others', () => {
  const { chain, roots } = readSecrets(dump(`${stranger}\n${root}\n`));
  expect(roots).toHaveLength(2);
  expect(isSignedBy(chain, roots)).toBe(true);
  expect(isSignedBy([...chain, ...certificatesIn(root)], roots)).toBe(true);
});

test('a chain is not signed by a root that only has the same name', () => {
  const { chain, roots } = readSecrets(dump(stranger));
  expect(isSignedBy(chain, roots)).toBe(false);
});

test('a chain with a gap is not signed, though its last certificate is', () => {
  const [roots, strangers] = [certificatesIn(root), certificatesIn(stranger)];
  expect(isSignedBy([...certificatesIn(leaf), ...strangers], [...roots, ...strangers])).toBe(false);
});

test('a proxy without an active certificate is an error', () => {
  expect(() => readSecrets('{}')).toThrow('No active certificate');
});

test('the hash of a certificate is written as proxies write it', () => {
  expect(certificateHash({ fingerprint256: 'DC:29:0F' })).toBe('dc290f');
});
