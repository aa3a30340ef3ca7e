/** How much processor the calls of a second take, by the proxies that they pass: R.15. */
import { halfUp } from './figures.ts';

/** Cores that a proxy of each sort uses at 1,000 calls a second, which are processor seconds for 1,000 calls. */
export interface ProxyWork {
  readonly sidecar: number;
  readonly ztunnel: number;
  readonly waypoint: number;
}

/** From the best case of a way to its worst, in the same unit; two decimals. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Istio's own load test of 1.24, with 1 KB a call. https://istio.io/latest/docs/ops/deployment/performance-and-scalability/ */
export const publishedWork: ProxyWork = { sidecar: 0.2, ztunnel: 0.06, waypoint: 0.25 };

/** What each way of a call takes: a sidecar at both ends, or the ztunnel of one node or of two, without or with a waypoint. */
export function workOfWays({ sidecar, ztunnel, waypoint }: ProxyWork): {
  readonly sidecars: Range;
  readonly layer4: Range;
  readonly withWaypoint: Range;
} {
  const range = (least: number, most: number) => ({ least: halfUp(least, 2), most: halfUp(most, 2) });
  return {
    sidecars: range(2 * sidecar, 2 * sidecar),
    layer4: range(ztunnel, 2 * ztunnel),
    withWaypoint: range(ztunnel + waypoint, 2 * ztunnel + waypoint),
  };
}
