/** The authority of the mesh: a root of the run, and the intermediate that istiod signs workloads with. */
import { newAuthority } from './authority.ts';

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
  const { root, intermediate, key } = await newAuthority(
    'O=Meridian, CN=Root CA',
    `O=Meridian, CN=Intermediate CA, L=${cluster}`,
  );
  return {
    'ca-cert.pem': intermediate,
    'ca-key.pem': key,
    'root-cert.pem': root,
    'cert-chain.pem': `${intermediate}${root}`,
  };
}
