/** A small cluster for the tests beside. */
import { loadYaml, type V1NetworkPolicy, type V1Pod } from '@kubernetes/client-node';

import { render } from './render.ts';
import { isolations } from './rules.ts';

/** Pods that the tests speak of. */
export const pods: V1Pod[] = [
  pod('bank', 'vault', 5, { app: 'vault' }, [
    ['web', 8080],
    ['dns', 53, 'UDP'],
  ]),
  pod('bank', 'clerk', 6, { app: 'clerk', uniform: 'yes' }),
  pod('shop', 'till', 7, { app: 'till', uniform: 'yes' }, [['web', 9090]]),
  pod('street', 'thief', 8, { app: 'thief' }),
];
/** Their namespaces, each labelled with its own name. */
export const namespaces = ['bank', 'shop', 'street'].map((name) => ({ metadata: { name, labels: { trade: name } } }));

function pod(
  namespace: string,
  name: string,
  last: number,
  labels: Record<string, string>,
  ports: [string, number, string?][] = [],
): V1Pod {
  const named = ports.map(([port, containerPort, protocol]) => ({
    name: port,
    containerPort,
    ...(protocol && { protocol }),
  }));
  return {
    metadata: { namespace, name, labels },
    spec: { containers: [{ name: 'main', ports: named }] },
    status: { phase: 'Running', podIP: `10.244.0.${last}` },
  };
}

/** Manifest of a policy in namespace bank with that spec. */
export function manifest(spec: string, name = 'rule'): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: ${name}, namespace: bank }\nspec:\n  ${spec.replaceAll('\n', '\n  ')}`;
}

/** The same as a list of the API brings it. */
export function policy(spec: string, name?: string): V1NetworkPolicy {
  return loadYaml<V1NetworkPolicy>(manifest(spec, name));
}

/** Rules of a policy with that spec. */
export function rulesOf(spec: string) {
  return isolations({ pods, namespaces, policies: [policy(spec)] })[0]?.rules ?? [];
}

/** The table that enforces a policy with that spec. */
export function textOf(spec: string, of: V1Pod[] = pods): string {
  return render(isolations({ pods: of, namespaces, policies: [policy(spec)] })).text;
}

/** What the ingress chain of a policy with that spec does, line by line. */
export function chainOf(spec: string): string[] {
  const body = /chain ingress\/bank\/rule \{([^}]*(?:\{[^}]*\}[^}]*)*?)\n {2}\}/.exec(textOf(spec))?.[1] ?? '';
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
