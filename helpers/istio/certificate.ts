/** Certificates of a workload, as its proxy holds them in memory. */
import { X509Certificate } from 'node:crypto';

/** What a proxy proves itself with, and whom it believes. */
export interface WorkloadSecrets {
  /** The workload's own certificate first, each further one that of its signer. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  /** Roots that the proxy trusts. */
  readonly roots: readonly X509Certificate[];
}

/** The part of `istioctl proxy-config secret -o json` that is read here. */
interface SecretDump {
  readonly dynamicActiveSecrets?: readonly {
    readonly name: string;
    readonly secret: {
      readonly tlsCertificate?: { readonly certificateChain: { readonly inlineBytes: string } };
      readonly validationContext?: { readonly trustedCa: { readonly inlineBytes: string } };
    };
  }[];
}

/**
 * Reads what `istioctl proxy-config secret -o json` prints: secret `default` is the workload's, `ROOTCA` the mesh's.
 *
 * @throws {Error} if one of them is not active
 */
export function readSecrets(json: string): WorkloadSecrets {
  const { dynamicActiveSecrets: active = [] } = JSON.parse(json) as SecretDump;
  const own = active.find(({ name }) => name === 'default')?.secret.tlsCertificate?.certificateChain.inlineBytes;
  const trusted = active.find(({ name }) => name === 'ROOTCA')?.secret.validationContext?.trustedCa.inlineBytes;
  const [leaf, ...signers] = certificatesIn(Buffer.from(own ?? '', 'base64').toString());
  const roots = certificatesIn(Buffer.from(trusted ?? '', 'base64').toString());
  if (leaf === undefined || roots.length === 0) throw new Error(`No active certificate and root in: ${json}`);
  return { chain: [leaf, ...signers], roots };
}

/** Every certificate of a PEM text, in order. */
export function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return Array.from(blocks, ([block]) => new X509Certificate(block));
}

/** SPIFFE identities that a certificate names, e.g. `spiffe://cluster.local/ns/shop/sa/frontend`. */
export function spiffeIds({ subjectAltName = '' }: X509Certificate): string[] {
  return Array.from(subjectAltName.matchAll(/URI:(spiffe:\/\/[^,\s]+)/g), ([, id = '']) => id);
}

/** True if each certificate is signed by the next one, and the last by one of the roots. */
export function isSignedBy(chain: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  const signed = (one: X509Certificate, by: X509Certificate) => one.checkIssued(by) && one.verify(by.publicKey);
  return chain.every((certificate, index) => {
    const next = chain[index + 1];
    return next === undefined ? roots.some((root) => signed(certificate, root)) : signed(certificate, next);
  });
}

/** Hours from the first moment a certificate is valid to its last. */
export function lifetimeHours({ validFrom, validTo }: X509Certificate): number {
  return (Date.parse(validTo) - Date.parse(validFrom)) / 3_600_000;
}

/** SHA-256 of a certificate as the header x-forwarded-client-cert has it: hexadecimal digits in lower case. */
export function certificateHash({ fingerprint256 }: Pick<X509Certificate, 'fingerprint256'>): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}
