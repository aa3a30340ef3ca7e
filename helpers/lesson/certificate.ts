/** Certificates that a lesson makes, as somebody would who has the key of a cluster's authority. */
import { type Authority, signedKey } from '../istio/authority.ts';
import type { Cluster } from '../kube/cluster.ts';
import { giveSecret } from './secret.ts';
import type { Site } from './site.ts';

/**
 * Makes a Secret with a certificate for an identity: `tls.crt` and its `tls.key`, the signer alone in `intermediate.crt`, its
 * root in `ca.crt`. Its key, and that of the signer, are shown nowhere.
 *
 * @param authority who signs; the cluster's own, out of its Secret cacerts, unless another is given
 */
export async function giveCertificate(
  site: Pick<Site, 'cluster' | 'recorder'>,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  identity: string,
  authority?: Authority,
): Promise<void> {
  const signer = authority ?? (await authorityOf(site.cluster));
  const { certificate, key } = await signedKey(signer, identity);
  const data = {
    'tls.crt': `${certificate}${signer.intermediate}`,
    'tls.key': key,
    'intermediate.crt': signer.intermediate,
    'ca.crt': signer.root,
  };
  await giveSecret(site, { name, namespace, type: 'kubernetes.io/tls', data }, 'create');
}

/** What istiod of a cluster signs with. @throws {Error} without a word of what kubectl said, which may hold a key */
async function authorityOf(cluster: Cluster): Promise<Authority> {
  const read = await cluster.run('kubectl', ['get', 'secret', 'cacerts', '-n', 'istio-system', '-o', 'json']);
  if (read.exitCode !== 0) throw new Error(`Secret cacerts of ${cluster.name || 'the cluster'} cannot be read`);
  const { data } = JSON.parse(read.stdout) as { data: Readonly<Record<string, string>> };
  const file = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
  return { root: file('root-cert.pem'), intermediate: file('ca-cert.pem'), key: file('ca-key.pem') };
}
