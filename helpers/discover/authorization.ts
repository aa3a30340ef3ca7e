/** What AuthorizationPolicies say of a caller, as far as its account and its namespace decide it. */
import type { AuthorizationPolicy, AuthorizationRule, Source } from './objects.ts';
import { hasLabels, type Landscape, type RunningPod } from './workloads.ts';

/** Who calls, as the called side sees it; undefined if it comes in plaintext and has no identity. */
type Identity = Pick<RunningPod, 'namespace' | 'account'> | undefined;

/** True if a policy acts on a pod; one for a gateway or a waypoint does not. */
export function actsOn(
  { metadata, spec }: AuthorizationPolicy,
  { namespace, labels }: Pick<RunningPod, 'namespace' | 'labels'>,
  root: string,
): boolean {
  if (spec?.targetRef !== undefined || spec?.targetRefs !== undefined) return false;
  if (metadata.namespace !== namespace && metadata.namespace !== root) return false;
  const wanted = spec?.selector?.matchLabels ?? {};
  return Object.keys(wanted).length === 0 || hasLabels(labels, wanted);
}

/** Policies that act on a pod. */
export function policiesOf(pod: RunningPod, { seen, root }: Pick<Landscape, 'seen' | 'root'>): AuthorizationPolicy[] {
  return seen.authorizationPolicies.items.filter((policy) => actsOn(policy, pod, root));
}

/** True if a policy takes no action of the two others. */
export function isAllow({ spec }: AuthorizationPolicy): boolean {
  return (spec?.action ?? 'ALLOW') === 'ALLOW';
}

/** True unless policies refuse every call of that caller, whatever it asks for. */
export function mayPass(caller: Identity, policies: readonly AuthorizationPolicy[]): boolean {
  const denied = policies
    .filter(({ spec }) => spec?.action === 'DENY')
    .some(({ spec }) => (spec?.rules ?? []).some((rule) => isSurelyOf(rule, caller)));
  if (denied) return false;
  const allows = policies.filter(isAllow);
  return allows.length === 0 || allows.some(({ spec }) => (spec?.rules ?? []).some((rule) => isMaybeOf(rule, caller)));
}

/** True if a rule is about every call of the caller. */
function isSurelyOf({ from, to, when }: AuthorizationRule, caller: Identity): boolean {
  if (to !== undefined || when !== undefined) return false;
  if (from === undefined) return true;
  return from.some(({ source = {} }) => decides(source) && fits(source, caller));
}

/** True if a rule may be about some call of the caller. */
function isMaybeOf({ from }: AuthorizationRule, caller: Identity): boolean {
  return from === undefined || from.length === 0 || from.some(({ source = {} }) => fits(source, caller));
}

const decisive = new Set(['principals', 'notPrincipals', 'namespaces', 'notNamespaces']);

/** True if account and namespace alone decide. */
function decides(source: Source): boolean {
  return Object.keys(source).every((list) => decisive.has(list));
}

/** What account and namespace say; other lists may hold. */
function fits({ principals, notPrincipals, namespaces, notNamespaces }: Source, caller: Identity): boolean {
  const isOne = (patterns: readonly string[], value: string | undefined) =>
    value !== undefined && patterns.some((pattern) => isLike(pattern, value));
  const principal = caller === undefined ? undefined : `/ns/${caller.namespace}/sa/${caller.account}`;
  // An empty list is as none.
  const isGiven = (list: readonly string[] | undefined): list is readonly string[] => (list?.length ?? 0) > 0;
  return (
    (!isGiven(principals) || isOne(principals.map(withoutDomain), principal)) &&
    (!isGiven(namespaces) || isOne(namespaces, caller?.namespace)) &&
    !(isGiven(notPrincipals) && isOne(notPrincipals.map(withoutDomain), principal)) &&
    !(isGiven(notNamespaces) && isOne(notNamespaces, caller?.namespace))
  );
}

/** A principal without its trust domain, which stands in no object that is read. */
function withoutDomain(principal: string): string {
  const at = principal.indexOf('/ns/');
  return at === -1 ? principal : principal.slice(at);
}

/** As Istio matches: the same, with `*` at the beginning or the end for anything. */
function isLike(pattern: string, value: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
}
