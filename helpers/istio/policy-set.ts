/** Policies as data: those of a file and those of a cluster, so that they can be compared and have a digest. */
import { parseAllDocuments } from 'yaml';

/** What each policy demands, by its kind, namespace and name, in the order of the alphabet; so are the fields of each. */
export type PolicySet = Readonly<Record<string, unknown>>;

/** The part of an object that is read here; `kubectl get -o json` prints a list of them. */
interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly items?: readonly Policy[];
}

/**
 * Reads the policies of a manifest, or those that `kubectl get peerauthentications,authorizationpolicies -o json` prints. What
 * a cluster notes in an object beside its `spec` is left out.
 */
export function policySet(text: string): PolicySet {
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Policy | null);
  const policies = objects.flatMap((object) => (object === null ? [] : (object.items ?? [object])));
  return sorted(
    Object.fromEntries(
      policies.map(({ kind, metadata: { name, namespace = 'default' }, spec = {} }) => [
        `${kind} ${namespace}/${name}`,
        spec,
      ]),
    ),
  ) as PolicySet;
}

/** The same value with the fields of each of its maps in the order of the alphabet. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, each]) => [name, sorted(each)]));
}
