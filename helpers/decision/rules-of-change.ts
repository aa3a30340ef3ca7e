/** Rules about the way in, and the way back. */
import { type Customer, inMesh, namesOf } from './customer.ts';
import type { Rule } from './line.ts';

const withToday = (customer: Customer, today: 'no proxy' | 'sidecars') =>
  namesOf(inMesh(customer).filter((group) => group.today === today));

/** Pods without a proxy join as they run; those that have one are replaced. */
export const restart: Rule = (customer) => [
  {
    rule: 'Restart: no proxy today',
    place: 'default',
    seen: 'Running pods joined by a label, and none was restarted.',
    means: 'Ambient needs no restart.',
    ids: ['m3.e1.a1'],
    groups: withToday(customer, 'no proxy'),
    towards: 'ambient',
  },
  {
    rule: 'Restart: calls that are open',
    place: 'default',
    seen: 'A call that was open when the label came got no answer any more.',
    means: 'Let long calls end before the label comes.',
    ids: ['m3.e1.a5'],
    groups: withToday(customer, 'no proxy'),
    towards: 'weighed',
  },
  {
    rule: 'Restart: sidecars today',
    place: 'default',
    seen: 'No pod survived the move from sidecars to ambient.',
    means: 'Each pod is replaced.',
    ids: ['m3.e6.a5'],
    groups: withToday(customer, 'sidecars'),
    towards: 'weighed',
  },
];

/** Nothing is moved that cannot be moved back. */
export const wayBack: Rule = (customer) => [
  {
    rule: 'Way back to sidecars',
    place: 'default',
    seen: 'Pods moved to ambient and back under load. No call of the frontend failed, and none of the attacker was answered.',
    means: 'One namespace first, under load, there and back.',
    ids: ['m3.e6.a2'],
    groups: withToday(customer, 'sidecars'),
    towards: 'needed',
  },
  {
    rule: 'Way back to no proxy',
    place: 'default',
    seen: 'Without the label the pods were outside again and none was restarted; a call that was open was cut.',
    means: 'The label is the way back. It costs the calls that are open.',
    ids: ['m3.e1.a3', 'm3.e1.a6'],
    groups: withToday(customer, 'no proxy'),
    towards: 'needed',
  },
];
