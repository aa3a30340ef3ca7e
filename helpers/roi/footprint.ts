/** What the data plane asks for and what that costs: R.10–R.14. */
import type { DefaultRequests } from '../istio/default-requests.ts';
import type { Requests } from '../kube/requests.ts';
import { halfUp } from './figures.ts';
import type { Inputs } from './inputs.ts';

/** Defaults of Istio 1.28 to 1.31 (manifests/charts: global.proxy, ztunnel, istio-cni, global.waypoint). */
export const assumedRequests: DefaultRequests = {
  proxy: { milliCpu: 100, mebibytes: 128 },
  ztunnel: { milliCpu: 200, mebibytes: 512 },
  cni: { milliCpu: 100, mebibytes: 100 },
  waypoint: { milliCpu: 100, mebibytes: 128 },
};

const { proxy, ztunnel, cni, waypoint } = assumedRequests;
const ambientNode = together(ztunnel, cni);
/** The control plane, whichever data plane it has. */
export const istiod: Requests = { milliCpu: 500, mebibytes: 2048 };

/** One proxy in each pod. */
export function sidecarRequests(pods: number): Requests {
  return times(proxy, pods);
}

/**
 * Two agents on each node, and the proxies of the waypoints.
 *
 * @param replicas pods of a waypoint: Istio makes one, whose loss is the loss of the waypoint
 */
export function ambientRequests(nodes: number, waypoints: number, replicas = 1): Requests {
  return together(times(ambientNode, nodes), times(waypoint, waypoints * replicas));
}

/** How many pods of waypoints there are when ambient asks for as much as sidecars; half up to one decimal. */
export function breakEvenWaypointPods(pods: number, nodes: number): { readonly cpu: number; readonly memory: number } {
  const [all, onNodes] = [sidecarRequests(pods), times(ambientNode, nodes)];
  return {
    cpu: halfUp((all.milliCpu - onNodes.milliCpu) / waypoint.milliCpu, 1),
    memory: halfUp((all.mebibytes - onNodes.mebibytes) / waypoint.mebibytes, 1),
  };
}

/** Pods per node from which on ambient asks for no more than sidecars do, without waypoints. */
export function breakEvenPodsPerNode(): { readonly cpu: number; readonly memory: number } {
  return {
    cpu: Math.ceil(ambientNode.milliCpu / proxy.milliCpu),
    memory: Math.ceil(ambientNode.mebibytes / proxy.mebibytes),
  };
}

/** Dollars per month with cents, from prices of a core and of a GiB per month. */
export function pricePerMonth({ milliCpu, mebibytes }: Requests, dollarsPerCpu: number, dollarsPerGiB: number): number {
  return halfUp((milliCpu / 1000) * dollarsPerCpu + (mebibytes / 1024) * dollarsPerGiB, 2);
}

/** Dollars per year for the data plane that was chosen, and for istiod. */
export function footprintPerYear(machines: Inputs['infrastructure']): number {
  const { dataPlane, pods, nodes, waypoints, dollarsPerCpu, dollarsPerGiB } = machines;
  const requests = dataPlane === 'sidecar' ? sidecarRequests(pods) : ambientRequests(nodes, waypoints);
  const perMonth = [requests, istiod].map((part) => pricePerMonth(part, dollarsPerCpu, dollarsPerGiB));
  return halfUp(12 * perMonth.reduce((sum, dollars) => sum + dollars, 0));
}

function together(one: Requests, other: Requests): Requests {
  return { milliCpu: one.milliCpu + other.milliCpu, mebibytes: one.mebibytes + other.mebibytes };
}

function times({ milliCpu, mebibytes }: Requests, factor: number): Requests {
  return { milliCpu: milliCpu * factor, mebibytes: mebibytes * factor };
}
