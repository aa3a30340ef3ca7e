import type { Choices } from './choices.ts';
import type { Nodes } from './lab.ts';

/** What a lab looks like from outside: who starts it, and how many nodes it has. */
export interface Topology {
  readonly provider: 'k3s' | 'kind';
  readonly nodes: 1 | 3;
}

/**
 * The shape that CLUSTER and NODES ask for. What they leave open is as with the lab that is up, so that
 * `make up CLUSTER=kind` followed by `make course` runs on that very lab; without one, it is one node of k3s.
 */
export function chooseTopology(
  { CLUSTER = '', NODES = '' }: Pick<Choices, 'CLUSTER' | 'NODES'>,
  up: (Nodes & Pick<Topology, 'provider'>) | undefined,
): Topology {
  const provider = CLUSTER === '' ? (up?.provider ?? 'k3s') : CLUSTER === 'kind' ? 'kind' : 'k3s';
  if (NODES !== '') return { provider, nodes: NODES === '3' ? 3 : 1 };
  return { provider, nodes: up?.provider === provider && up.workerIds.length > 0 ? 3 : 1 };
}
