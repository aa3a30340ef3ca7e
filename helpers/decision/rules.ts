import { inMesh, namesOf } from './customer.ts';
import type { Draft, Rule } from './line.ts';
import { restart, wayBack } from './rules-of-change.ts';
import { carried, reserve, work } from './rules-of-machines.ts';
import { blastRadius, extensions, httpRules, ports, revoking, strangers } from './rules-of-traffic.ts';

/** What no result decides. */
const judgements: Rule = (customer) =>
  [
    ['Skills of the teams', 'Ask who has run either of them at night.'],
    ['Support', 'Ask which of them the contract names, and until when.'],
    ['Floor, default or team’s own', 'Where a line stands here is a proposal. Move it, and keep its result.'],
  ].map(([rule = '', means = '']): Draft => ({
    rule,
    place: 'default',
    seen: 'No result decides it.',
    means,
    ids: [],
    groups: namesOf(inMesh(customer)),
    towards: 'weighed',
  }));

/** The rules of the record, in its order. */
export const rules: readonly Rule[] = [
  carried,
  reserve,
  work,
  restart,
  httpRules,
  extensions,
  strangers,
  ports,
  blastRadius,
  revoking,
  wayBack,
  judgements,
];
