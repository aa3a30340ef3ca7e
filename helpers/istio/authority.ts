/** Authorities that a run makes for itself: a root, and an intermediate that signs in its place. */
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

/** PEM texts of an authority. */
export interface Authority {
  readonly root: string;
  readonly intermediate: string;
  /** Key of the intermediate; it is for a Secret, and for nobody's eyes. */
  readonly key: string;
}

/** A root, and what it signs intermediates with. */
export interface Root {
  /** E.g. `O=Meridian, CN=Root CA`. */
  readonly subject: string;
  /** PEM of its certificate. */
  readonly certificate: string;
  /** PEM of its key, for nobody's eyes. */
  readonly key: string;
}

/**
 * Makes a root and an intermediate that live for a month. The key of the root is kept nowhere.
 *
 * @param rootName subject of the root, e.g. `O=Meridian, CN=Root CA`
 * @param name subject of the intermediate
 */
export async function newAuthority(rootName: string, name: string): Promise<Authority> {
  return intermediateOf(await newRoot(rootName), name);
}

/** Makes a root that lives for a month. */
export async function newRoot(subject: string): Promise<Root> {
  const keys = await newKeys();
  return {
    subject,
    certificate: await certificate(subject, subject, keys.publicKey, keys.privateKey),
    key: await pemOf(keys.privateKey),
  };
}

/** Has a root sign an intermediate with that subject, which lives for a month too. */
export async function intermediateOf(root: Root, subject: string): Promise<Authority> {
  const [rootKey = new ArrayBuffer(0)] = PemConverter.decode(root.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', rootKey, curve, false, ['sign']);
  const keys = await newKeys();
  const intermediate = await certificate(subject, root.subject, keys.publicKey, signingKey, 0);
  return { root: root.certificate, intermediate, key: await pemOf(keys.privateKey) };
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/**
 * What a Secret of the type `kubernetes.io/tls` holds so that istiod signs with that authority; cert-manager writes the
 * same names. https://cert-manager.io/docs/usage/certificate/
 *
 * @param roots PEM of all roots that workloads are to trust
 */
export function signingFiles({ intermediate, key }: Authority, roots: string): Readonly<Record<string, string>> {
  return { 'tls.crt': intermediate, 'tls.key': key, 'ca.crt': roots };
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
