/** The authority of the mesh: a root of the run, and the intermediate that istiod signs workloads with. */
// oxlint-disable-next-line import/no-unassigned-import -- the library finds its algorithms by it
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';

import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Keys on a curve: those of Istio's own makefile cost seconds. */
const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const days = 30;

/** What istiod reads before it would make a root of its own. https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/ */
export interface MeshAuthority {
  readonly 'ca-cert.pem': string;
  readonly 'ca-key.pem': string;
  readonly 'root-cert.pem': string;
  readonly 'cert-chain.pem': string;
}

/**
 * Makes a root and an intermediate that live for a month. The key of the root is kept nowhere.
 *
 * @param cluster name of the cluster that the intermediate is for, its locality in the subject
 */
export async function meshAuthority(cluster: string): Promise<MeshAuthority> {
  const rootName = 'O=Meridian, CN=Root CA';
  const rootKeys = await newKeys();
  const root = await certificate(rootName, rootName, rootKeys.publicKey, rootKeys.privateKey);
  const keys = await newKeys();
  const intermediate = await certificate(
    `O=Meridian, CN=Intermediate CA, L=${cluster}`,
    rootName,
    keys.publicKey,
    rootKeys.privateKey,
    0,
  );
  return {
    'ca-cert.pem': intermediate,
    'ca-key.pem': `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')}\n`,
    'root-cert.pem': root,
    'cert-chain.pem': `${intermediate}${root}`,
  };
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
}

async function certificate(
  subject: string,
  issuer: string,
  publicKey: webcrypto.CryptoKey,
  signingKey: webcrypto.CryptoKey,
  pathLength?: number,
): Promise<string> {
  // A minute back, for clocks that differ.
  const notBefore = new Date(Date.now() - 60_000);
  const made = await X509CertificateGenerator.create(
    {
      subject,
      issuer,
      publicKey,
      signingKey,
      signingAlgorithm: curve,
      notBefore,
      notAfter: new Date(notBefore.getTime() + days * 86_400_000),
      extensions: [
        new BasicConstraintsExtension(true, pathLength, true),
        new KeyUsagesExtension(
          KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  // With a line break at the end, as every program writes it: proxies hand on what they get, and files are joined.
  return `${made.toString('pem')}\n`;
}
