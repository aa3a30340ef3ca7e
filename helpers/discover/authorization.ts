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
    .some(({ metadata, spec }) => (spec?.rules ?? []).some((rule) => isSurelyOf(rule, caller, metadata.namespace)));
  if (denied) return false;
  const allows = policies.filter(isAllow);
  return (
    allows.length === 0 ||
    allows.some(({ metadata, spec }) => (spec?.rules ?? []).some((rule) => isMaybeOf(rule, caller, metadata.namespace)))
  );
}

/** True if a rule is about every call of the caller. */
function isSurelyOf({ from, to, when }: AuthorizationRule, caller: Identity, home: string | undefined): boolean {
  if (to !== undefined || when !== undefined) return false;
  if (from === undefined) return true;
  return from.some(({ source = {} }) => decides(source) && fits(source, caller, home));
}

/** True if a rule may be about some call of the caller. */
function isMaybeOf({ from }: AuthorizationRule, caller: Identity, home: string | undefined): boolean {
  return from === undefined || from.length === 0 || from.some(({ source = {} }) => fits(source, caller, home));
}

const decisive = new Set([
  'principals',
  'notPrincipals',
  'serviceAccounts',
  'notServiceAccounts',
  'namespaces',
  'notNamespaces',
]);

/** True if account and namespace alone decide; a trust domain stands in no object that is read. */
function decides(source: Source): boolean {
  const { principals = [], notPrincipals = [] } = source;
  return Object.keys(source).every((list) => decisive.has(list)) && ![...principals, ...notPrincipals].some(isOfDomain);
}

/** What account and namespace say; other lists may hold. */
function fits(source: Source, caller: Identity, home = ''): boolean {
  const { principals, notPrincipals, serviceAccounts, notServiceAccounts, namespaces, notNamespaces } = source;
  const isOne = (patterns: readonly string[], value: string | undefined) =>
    value !== undefined && patterns.some((pattern) => isLike(pattern, value));
  const principal = caller === undefined ? undefined : `/ns/${caller.namespace}/sa/${caller.account}`;
  const account = caller === undefined ? undefined : `${caller.namespace}/${caller.account}`;
  const inFull = (accounts: readonly string[]) =>
    accounts.map((each) => (each.includes('/') ? each : `${home}/${each}`));
  // An empty list is as none.
  const isGiven = (list: readonly string[] | undefined): list is readonly string[] => (list?.length ?? 0) > 0;
  return (
    (!isGiven(principals) ||
      (principal !== undefined && principals.some(isOfDomain)) ||
      isOne(principals.map(withoutDomain), principal)) &&
    (!isGiven(serviceAccounts) || isOne(inFull(serviceAccounts), account)) &&
    (!isGiven(namespaces) || isOne(namespaces, caller?.namespace)) &&
    !(isGiven(notServiceAccounts) && isOne(inFull(notServiceAccounts), account)) &&
    !(isGiven(notPrincipals) && isOne(notPrincipals.map(withoutDomain), principal)) &&
    !(isGiven(notNamespaces) && isOne(notNamespaces, caller?.namespace))
  );
}

/** A principal without its trust domain, which stands in no object that is read. */
function withoutDomain(principal: string): string {
  const at = principal.indexOf('/ns/');
  return at === -1 ? principal : principal.slice(at);
}

/** True for a pattern such as `cluster.local/*`, which ends before it names a namespace. */
function isOfDomain(pattern: string): boolean {
  if (pattern.startsWith('*') || !pattern.endsWith('*')) return false;
  const slash = pattern.indexOf('/');
  return slash === -1 || '/ns/'.startsWith(pattern.slice(slash, -1));
}

/** As Istio matches: the same, with `*` at the beginning or the end for anything. */
function isLike(pattern: string, value: string): boolean {
  if (pattern === '*') return true;
  if (pattern.startsWith('*')) return value.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : pattern === value;
}
