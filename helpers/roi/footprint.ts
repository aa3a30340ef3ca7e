/**
 * What the data plane asks for and what that costs: R.10–R.12. Requests are the defaults of Istio 1.28 to 1.31
 * (manifests/charts: global.proxy, ztunnel, istio-cni, pilot).
 */
import { halfUp } from './figures.ts';
import type { Inputs } from './inputs.ts';

/** Requested CPU in thousandths of a core, and memory in MiB. */
export interface Requests {
  readonly milliCpu: number;
  readonly mebibytes: number;
}

const proxy: Requests = { milliCpu: 100, mebibytes: 128 };
/** ztunnel (200m, 512Mi) and istio-cni (100m, 100Mi). */
const ambientNode: Requests = { milliCpu: 300, mebibytes: 612 };
/** The control plane, whichever data plane it has. */
export const istiod: Requests = { milliCpu: 500, mebibytes: 2048 };

/** One proxy in each pod. */
export function sidecarRequests(pods: number): Requests {
  return times(proxy, pods);
}

/** Two agents on each node, and a proxy for each waypoint. */
export function ambientRequests(nodes: number, waypoints: number): Requests {
  const onNodes = times(ambientNode, nodes);
  const inWaypoints = times(proxy, waypoints);
  return {
    milliCpu: onNodes.milliCpu + inWaypoints.milliCpu,
    mebibytes: onNodes.mebibytes + inWaypoints.mebibytes,
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

function times({ milliCpu, mebibytes }: Requests, factor: number): Requests {
  return { milliCpu: milliCpu * factor, mebibytes: mebibytes * factor };
}
