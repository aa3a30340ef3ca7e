/** The authority of the mesh: a root of the run, and for each cluster an intermediate that its istiod signs workloads with. */
import { intermediateOf, newRoot, type Root } from './authority.ts';

/** What istiod reads before it would make a root of its own. https://istio.io/latest/docs/tasks/security/cert-management/plugin-ca-cert/ */
export interface MeshAuthority {
  readonly 'ca-cert.pem': string;
  readonly 'ca-key.pem': string;
  readonly 'root-cert.pem': string;
  readonly 'cert-chain.pem': string;
}

/** Makes a root that all clusters of a mesh trust. */
export async function newMeshRoot(): Promise<Root> {
  return newRoot('O=Meridian, CN=Root CA');
}

/**
 * Makes the intermediate of a cluster.
 *
 * @param cluster its name, the locality in the subject
 */
export async function meshAuthority(cluster: string, meshRoot: Root): Promise<MeshAuthority> {
  const { root, intermediate, key } = await intermediateOf(meshRoot, `O=Meridian, CN=Intermediate CA, L=${cluster}`);
  return {
    'ca-cert.pem': intermediate,
    'ca-key.pem': key,
    'root-cert.pem': root,
    'cert-chain.pem': `${intermediate}${root}`,
  };
}
