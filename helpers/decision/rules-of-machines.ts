/** Rules about what proxies can carry, what they ask for, and what they do. */
import type { Requests } from '../kube/requests.ts';
import { count } from '../roi/figures.ts';
import { breakEvenPodsPerNode } from '../roi/footprint.ts';
import { type Customer, inMesh, isOutside, namesOf, type Pool, poolsOf, requestsIn } from './customer.ts';
import type { Draft, Rule } from './line.ts';
import { tellMeasuredWork } from './measured-work.ts';

/** Pods in the network of the node, and what is no TCP. */
export const carried: Rule = ({ namespaces }: Customer) => [
  {
    rule: 'What no proxy carries',
    place: 'floor',
    seen: 'A program in the network of its node was never enrolled, and UDP went past a sidecar.',
    means: 'It stays outside, and is written down with a date.',
    ids: ['m3.e1.a3', 'm1.e5.a8'],
    groups: namesOf(namespaces.groups.filter(isOutside)),
    towards: 'outside',
  },
];

/** Pods a node against the numbers from which on ambient asks for less, and pods of waypoints against those that eat it up. */
export const reserve: Rule = (customer) =>
  poolsOf(customer)
    .filter(({ groups }) => groups.length > 0)
    .map(reserveOf);

const written = ({ milliCpu, mebibytes }: Requests) => `${count(milliCpu)}m and ${count(mebibytes)} MiB`;

function reserveOf(pool: Pool): Draft {
  const { sidecars, ambient, breakEven } = requestsIn(pool);
  const from = breakEvenPodsPerNode();
  const less = [ambient.milliCpu < sidecars.milliCpu, ambient.mebibytes < sidecars.mebibytes];
  const [towards, means] = less.every(Boolean)
    ? (['ambient', 'Ambient asks for less of both.'] as const)
    : less.some(Boolean)
      ? (['weighed', 'Ambient asks for less of one and for no less of the other.'] as const)
      : (['sidecars', 'Sidecars ask for no more of either.'] as const);
  return {
    rule: 'Requests',
    place: 'default',
    seen: [
      `${count(Number((pool.pods / pool.nodes).toFixed(1)))} pods a node. Without waypoints ambient asks for no more than sidecars from ${from.cpu} on in processor, and from ${from.memory} on in memory.`,
      `Sidecars ask for ${written(sidecars)}, ambient with ${count(pool.waypointPods)} pods of waypoints for ${written(ambient)}.`,
      `Both are equal with ${count(Math.max(0, breakEven.cpu))} of these pods in processor, and ${count(Math.max(0, breakEven.memory))} in memory.`,
    ].join(' '),
    means,
    ids: ['m3.e4.a1', 'm3.e4.a4'],
    groups: namesOf(pool.groups),
    towards,
  };
}

/** What a call takes on each way, as the run measured it. */
export const work: Rule = (customer, shown) => [
  {
    rule: 'Work of a call',
    place: 'default',
    seen: `Processor for 1,000 calls on the lab: ${tellMeasuredWork('m3.e4.a3', shown) || 'its figures were not kept'}.`,
    means: 'Measure with your own calls. Where HTTP is read, compare sidecars with a waypoint and not with layer 4.',
    ids: ['m3.e4.a3', 'm3.e5.a2'],
    groups: namesOf(inMesh(customer)),
    towards: 'weighed',
  },
];
