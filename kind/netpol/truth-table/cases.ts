import { namespaceManifest, podManifest } from './pods.ts';

/** One row of judgement: policies, and what they leave open, stated by hand and not by the engine's own logic. */
export interface Case {
  readonly name: string;
  readonly claim: string;
  /** Files beside this one, applied in this order. */
  readonly policies: readonly string[];
  /** Manifests that change the pods first; it is restored afterwards. */
  readonly changes?: readonly string[];
  /** See expectedGrid. */
  readonly expect: readonly string[];
}

const nobodyToVault = 'shut: */* -> bank/vault';
const nothingFromClerk = 'shut: bank/clerk -> */*';

/** The cases of Kubernetes' own end-to-end suite for NetworkPolicy that TCP calls can show, and some odd ones. */
export const cases: readonly Case[] = [
  one('open', 'without a policy everybody reaches everybody', [], []),
  one(
    'deny-ingress',
    'an empty selector and no rule close a namespace for callers',
    ['deny-ingress.yaml'],
    ['shut: */* -> bank/*'],
  ),
  one('deny-egress', 'the same for egress lets nobody out', ['deny-egress.yaml'], ['shut: bank/* -> */*']),
  one(
    'deny-everything',
    'both directions close at once',
    ['deny-everything.yaml'],
    ['shut: */* -> bank/*', 'shut: bank/* -> */*'],
  ),
  one(
    'allow-beats-deny',
    'policies add up: one empty rule opens what another closed',
    ['deny-ingress.yaml', 'allow-ingress.yaml'],
    [],
  ),
  one('allow-egress', 'the same for egress', ['deny-egress.yaml', 'allow-egress.yaml'], []),
  one(
    'allow-one-direction',
    'a rule for ingress opens no egress',
    ['deny-everything.yaml', 'allow-ingress.yaml'],
    ['shut: bank/* -> */*'],
  ),
  one('no-rules', 'an empty list of rules is none', ['no-rules.yaml'], [nobodyToVault]),
  one('empty-from', 'an empty list of peers is everybody', ['empty-from.yaml'], []),
  one(
    'pod-selector',
    'a podSelector alone means its own namespace',
    ['from-uniform-here.yaml'],
    [nobodyToVault, 'open: bank/clerk -> bank/vault'],
  ),
  one(
    'namespace-selector',
    'a namespaceSelector alone means all pods there',
    ['from-shop.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault'],
  ),
  one(
    'namespace-name',
    'a namespace can be selected by its name',
    ['from-shop-by-name.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault'],
  ),
  one(
    'both-selectors',
    'two selectors in one peer must both hold',
    ['from-uniform-in-shop.yaml'],
    [nobodyToVault, 'open: shop/till -> bank/vault'],
  ),
  one(
    'two-peers',
    'of two peers one is enough',
    ['from-shop-or-uniform.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault', 'open: bank/clerk -> bank/vault'],
  ),
  one(
    'exists',
    'the empty namespaceSelector is every namespace',
    ['from-uniform-anywhere.yaml'],
    [
      nobodyToVault,
      'open: bank/clerk -> bank/vault',
      'open: shop/till -> bank/vault',
      'open: street/guard -> bank/vault',
    ],
  ),
  one('not-in', 'NotIn selects the other namespaces', ['from-outside-bank.yaml'], ['shut: bank/* -> bank/vault']),
  one(
    'does-not-exist',
    'In and DoesNotExist combine',
    ['from-two-without-uniform.yaml'],
    ['shut: bank/* -> bank/vault', 'shut: shop/till -> bank/vault', 'shut: street/guard -> bank/vault'],
  ),
  one('port', 'a port opens that port only', ['port-81.yaml'], ['shut: */* -> bank/vault:80']),
  one('named-port', "a named port is the pod's own", ['port-admin.yaml'], ['shut: */* -> bank/vault:80']),
  one('unknown-port', 'a name that the pod does not have opens nothing', ['port-unknown.yaml'], [nobodyToVault]),
  one('port-range', 'endPort opens a range', ['ports-81-to-90.yaml'], ['shut: */* -> bank/vault:80']),
  one('port-range-ends', 'both ends belong to the range', ['ports-80-to-81.yaml'], []),
  one('udp', 'a rule for UDP opens no TCP', ['udp-80.yaml'], [nobodyToVault]),
  one('sctp', 'a rule for SCTP opens no TCP', ['sctp-80.yaml'], [nobodyToVault]),
  one(
    'peer-and-port',
    'peer and port must both match',
    ['shop-to-81.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault:81'],
  ),
  one(
    'union-of-ports',
    'two policies do not lend each other their peers',
    ['shop-to-81.yaml', 'street-to-80.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault:81', 'open: street/* -> bank/vault:80'],
  ),
  one(
    'ip-block',
    'an ipBlock may be one pod',
    ['from-address.yaml'],
    [nobodyToVault, 'open: street/buyer -> bank/vault'],
  ),
  one(
    'ip-block-except',
    'except cuts an address out',
    ['from-all-but-address.yaml'],
    ['shut: street/thief -> bank/vault'],
  ),
  one(
    'except-is-no-deny',
    'what one policy excepts another may allow',
    ['from-all-but-address.yaml', 'from-the-excepted.yaml'],
    [],
  ),
  one(
    'egress-pod',
    'egress to a pod of the own namespace',
    ['to-vault.yaml'],
    [nothingFromClerk, 'open: bank/clerk -> bank/vault'],
  ),
  one(
    'egress-namespace',
    'egress to another namespace',
    ['to-shop.yaml'],
    [nothingFromClerk, 'open: bank/clerk -> shop/*'],
  ),
  one(
    'egress-named-port',
    "in egress a named port is the destination's",
    ['to-admin.yaml'],
    [nothingFromClerk, 'open: bank/clerk -> shop/*:81'],
  ),
  one('egress-port', 'egress to a port of anybody', ['to-80.yaml'], ['shut: bank/clerk -> */*:81']),
  one(
    'egress-ip-block',
    'egress to all but one address',
    ['to-all-but-address.yaml'],
    ['shut: bank/clerk -> shop/till'],
  ),
  one(
    'both-ends',
    'a call needs leave at both ends',
    ['to-shop.yaml', 'till-from-street.yaml'],
    [nothingFromClerk, 'open: bank/clerk -> shop/*', 'shut: */* -> shop/till', 'open: street/* -> shop/till'],
  ),
  one(
    'default-types',
    'egress rules without policyTypes close ingress too',
    ['no-types.yaml'],
    ['shut: */* -> bank/clerk', nothingFromClerk, 'open: bank/clerk -> shop/*'],
  ),
  one('egress-only', 'policyTypes without Ingress leaves ingress open', ['egress-only.yaml'], []),
  one(
    'update',
    'an updated policy replaces its former self',
    ['vault-before.yaml', 'vault-after.yaml'],
    [nobodyToVault, 'open: shop/* -> bank/vault'],
  ),
  {
    ...one(
      'relabelled-namespace',
      'a namespace that changes its label changes sides',
      ['from-shop.yaml'],
      [nobodyToVault, 'open: shop/* -> bank/vault', 'open: street/* -> bank/vault'],
    ),
    changes: [namespaceManifest('street', 'shop')],
  },
  {
    ...one(
      'relabelled-pod',
      'a pod that takes the label on is let in',
      ['from-guard.yaml'],
      [nobodyToVault, 'open: street/guard -> bank/vault', 'open: street/thief -> bank/vault'],
    ),
    changes: [podManifest({ place: 'street', role: 'thief', uniform: true })],
  },
  one('open-again', 'when all policies are gone, so are their rules', [], []),
];

function one(name: string, claim: string, policies: readonly string[], expect: readonly string[]): Case {
  return { name, claim, policies, expect };
}
