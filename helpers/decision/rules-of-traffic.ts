/** Rules about what proxies read, let through and cut. */
import { type Customer, inMesh, namesOf, type Wish } from './customer.ts';
import type { Rule } from './line.ts';

const asking = (customer: Customer, wish: Wish) => namesOf(inMesh(customer).filter(({ asks }) => asks.includes(wish)));

/** Rules by HTTP need a waypoint, or a sidecar; and a waypoint can be gone round. */
export const httpRules: Rule = (customer) => {
  const groups = namesOf(inMesh(customer).filter(({ httpPercent }) => httpPercent > 0));
  return [
    {
      rule: 'HTTP rules',
      place: 'team’s own',
      seen: 'Without a waypoint an ALLOW for GET closed each connection, and a DENY of POST refused none. With one GET was served and POST was not.',
      means: 'In ambient a waypoint, and the rules at the Service.',
      ids: ['m3.e3.a1', 'm3.e3.a2', 'm3.e3.a3'],
      groups,
      towards: 'needed',
    },
    {
      rule: 'HTTP rules: callers with sidecars',
      place: 'floor',
      seen: 'A caller with a sidecar was answered past the waypoint.',
      means: 'The pod admits its waypoint alone, and such callers are restarted.',
      ids: ['m3.e6.a3'],
      groups,
      towards: 'weighed',
    },
    {
      rule: 'HTTP rules: addresses of pods',
      place: 'floor',
      seen: 'A POST that was refused by name was answered at the address of the pod, until the pod admitted the waypoint alone.',
      means: 'The pod admits its waypoint alone.',
      ids: ['m3.e3.a4', 'm3.e3.a5'],
      groups,
      towards: 'needed',
    },
  ];
};

/** Filters that select pods by labels work at sidecars only. */
export const extensions: Rule = (customer) => [
  {
    rule: 'Extensions',
    place: 'team’s own',
    seen: 'A filter without targetRefs added its header at the sidecar, and neither at ztunnel nor at the waypoint.',
    means: 'Sidecars, until each filter names a waypoint.',
    ids: ['m3.e8.a3', 'm3.e8.a6'],
    groups: asking(customer, 'filters by selector'),
    towards: 'sidecars',
  },
];

/** In ambient, programs in the network of the node pass STRICT. */
export const strangers: Rule = (customer) => [
  {
    rule: 'Strangers on the node',
    place: 'floor',
    seen: 'A program in the network of the node was answered under STRICT.',
    means: 'Sidecars, until admission keeps such pods off its nodes.',
    ids: ['m3.e2.a10'],
    groups: asking(customer, 'strangers on its nodes'),
    towards: 'sidecars',
  },
];

/** Below ambient the network sees one port. */
export const ports: Rule = (customer) => [
  {
    rule: 'Rules about ports',
    place: 'floor',
    seen: 'A rule for port 80 held up the tunnel. With 15008 listed each port was open, until an AuthorizationPolicy named one.',
    means: 'Let port 15008 through, and name ports at layer 4.',
    ids: ['m3.e7.a1', 'm3.e7.a3', 'm3.e7.a4'],
    groups: asking(customer, 'port rules'),
    towards: 'needed',
  },
];

/** A node is lost at once, a sidecar with its pod. */
export const blastRadius: Rule = (customer) => [
  {
    rule: 'What is lost together',
    place: 'default',
    seen: 'One ztunnel held a certificate for each enrolled account of its node, and while it was gone new calls there failed.',
    means: 'A node, where with sidecars it is a pod. Which weighs more is a judgement.',
    ids: ['m3.e2.a9', 'm4.e7.a4'],
    groups: namesOf(inMesh(customer)),
    towards: 'weighed',
  },
];

/** Shutting somebody out cuts what is open in one mode, and by one sort of rule. */
export const revoking: Rule = (customer) => [
  {
    rule: 'Shutting somebody out',
    place: 'floor',
    seen: 'A DENY for the namespace cut an open call in ambient. One with a selector let it end, as it did with sidecars.',
    means: 'Ambient, and a DENY for the whole namespace.',
    ids: ['m3.e2.a6', 'm3.e2.a7'],
    groups: asking(customer, 'open calls cut'),
    towards: 'ambient',
  },
];
