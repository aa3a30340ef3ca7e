import { versions } from '../../kind/catalogue.ts';
import { UsageProblem } from '../problem.ts';

/** What each variable of the environment may be set to. */
const supported: Readonly<Record<string, readonly string[]>> = {
  CLUSTER: ['k3s', 'kind', 'existing'],
  NODES: ['1', '3'],
  INSTALL_ISTIO: ['yes', 'no'],
  MESH_WIDE: ['yes', 'no'],
  ISTIO: [versions.istio],
  KUBERNETES: [versions.kubernetes, versions.kubernetes.split('.').slice(0, 2).join('.')],
};

/** @throws {UsageProblem} if a variable asks for a provider or version that the course does not know */
export function checkChoices(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, accepted] of Object.entries(supported)) {
    const wanted = environment[name];
    if (wanted === undefined || wanted === '' || accepted.includes(wanted)) continue;
    throw new UsageProblem(
      `${name}=${wanted} is not supported`,
      `use ${accepted.map((value) => `${name}=${value}`).join(' or ')}, or leave it out`,
    );
  }
  const { CLUSTER, NODES } = environment;
  if (NODES === '3' && CLUSTER !== 'kind') {
    throw new UsageProblem('NODES=3 needs nodes that kind starts', 'use CLUSTER=kind NODES=3');
  }
}
