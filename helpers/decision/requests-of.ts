/** What all of a customer's proxies ask for, in one mode, in the other, and as it is recommended. */
import type { Requests } from '../kube/requests.ts';
import { ambientRequests, sidecarRequests } from '../roi/footprint.ts';
import { type Customer, type Pool, poolsOf, requestsIn } from './customer.ts';
import type { Recommendation } from './record.ts';

export interface AllRequests {
  readonly sidecars: Requests;
  readonly layer4: Requests;
  readonly withWaypoint: Requests;
  /** Each group as it is recommended; undefined as long as one is open. */
  readonly recommended: Requests | undefined;
}

/** Adds up what proxies ask for on all nodes. Groups that stay outside have none. */
export function requestsOf(customer: Customer, recommendations: readonly Recommendation[]): AllRequests {
  const pools = poolsOf(customer);
  const isOpen = recommendations.some(({ choice }) => choice === 'open');
  return {
    sidecars: sum(pools.map((pool) => requestsIn(pool).sidecars)),
    layer4: sum(pools.map((pool) => requestsIn({ ...pool, waypointPods: 0 }).ambient)),
    withWaypoint: sum(pools.map((pool) => requestsIn(pool).ambient)),
    recommended: isOpen ? undefined : sum(pools.flatMap((pool) => mixedIn(customer, pool, recommendations))),
  };
}

/** Sidecars for some groups, and both agents on all nodes where any group is in ambient: a node has no half of one. */
function mixedIn(customer: Customer, { groups, nodes }: Pool, recommendations: readonly Recommendation[]): Requests[] {
  const own = recommendations.filter(({ group }) => groups.includes(group));
  const withSidecars = own.filter(({ choice }) => choice === 'sidecars').map(({ group }) => group);
  const inAmbient = own.filter(({ choice }) => choice.startsWith('ambient')).map(({ group }) => group);
  const pods = withSidecars.reduce((all, group) => all + group.pods, 0);
  const waypoints = inAmbient.reduce((all, group) => all + group.waypoints, 0);
  return [
    sidecarRequests(pods),
    ...(inAmbient.length === 0 ? [] : [ambientRequests(nodes, waypoints, customer.namespaces.waypointReplicas)]),
  ];
}

function sum(all: readonly Requests[]): Requests {
  return {
    milliCpu: all.reduce((whole, { milliCpu }) => whole + milliCpu, 0),
    mebibytes: all.reduce((whole, { mebibytes }) => whole + mebibytes, 0),
  };
}
