import { reductionPercent } from '../figures.ts';
import {
  ambientRequests,
  breakEvenPodsPerNode,
  breakEvenWaypointPods,
  pricePerMonth,
  sidecarRequests,
} from '../footprint.ts';
import { publishedWork, workOfWays } from '../work.ts';
import type { Vector } from './vector.ts';

/** Sizes of the customers who ask, as they tell them: pods, nodes and waypoints. */
export const customerSizes = {
  RapidScale: { pods: 120, nodes: 6, waypoints: 2 },
  MegaBank: { pods: 6_000, nodes: 200, waypoints: 100 },
  Meridian: { pods: 5_400, nodes: 180, waypoints: 120 },
} as const;

type Customer = keyof typeof customerSizes;

function requested(name: Customer, replicas: number, byHand: readonly [number, number, number, number]): Vector[] {
  const { pods, nodes, waypoints } = customerSizes[name];
  const sidecar = sidecarRequests(pods);
  const ambient = ambientRequests(nodes, waypoints, replicas);
  const what = `${name}, pods of each waypoint: ${replicas}`;
  return [
    ['R.13', `${what}, ambient mCPU`, ambient.milliCpu, byHand[0]],
    ['R.13', `${what}, ambient MiB`, ambient.mebibytes, byHand[1]],
    ['R.13', `${what}, CPU less, %`, reductionPercent(sidecar.milliCpu, ambient.milliCpu), byHand[2]],
    ['R.13', `${what}, memory less, %`, reductionPercent(sidecar.mebibytes, ambient.mebibytes), byHand[3]],
  ];
}

function equalAt(name: Customer, byHand: readonly [number, number]): Vector[] {
  const { cpu, memory } = breakEvenWaypointPods(customerSizes[name].pods, customerSizes[name].nodes);
  return [
    ['R.14', `${name}, waypoint pods where CPU is equal`, cpu, byHand[0]],
    ['R.14', `${name}, waypoint pods where memory is equal`, memory, byHand[1]],
  ];
}

/** Whether so many pods of waypoints leave RapidScale with a smaller request of memory than its sidecars have. */
const smallerInMemory = (waypointPods: number) =>
  ambientRequests(customerSizes.RapidScale.nodes, waypointPods).mebibytes <
  sidecarRequests(customerSizes.RapidScale.pods).mebibytes
    ? 'smaller'
    : 'larger';

const ways = workOfWays(publishedWork);

/** Sidecars against ambient with waypoints, in requests and in work for a call: R.13, R.14, R.15. */
export const dataPlaneVectors: readonly Vector[] = [
  ['R.11', 'pods per node where CPU meets', breakEvenPodsPerNode().cpu, 3],
  ['R.11', 'pods per node where memory meets', breakEvenPodsPerNode().memory, 5],
  [
    'R.12',
    'RapidScale, two pods of each waypoint, dollars a month',
    pricePerMonth(ambientRequests(6, 2, 2), 25, 3),
    67.26,
  ],
  ...requested('RapidScale', 2, [2_200, 4_184, 81.7, 72.8]),
  ...requested('MegaBank', 2, [80_000, 148_000, 86.7, 80.7]),
  ...requested('Meridian', 1, [66_000, 125_520, 87.8, 81.8]),
  ...requested('Meridian', 2, [78_000, 140_880, 85.6, 79.6]),
  ...equalAt('RapidScale', [102, 91.3]),
  ...equalAt('MegaBank', [5_400, 5_043.8]),
  ...equalAt('Meridian', [4_860, 4_539.4]),
  ['R.14', 'RapidScale, memory with 91 waypoint pods', smallerInMemory(91), 'smaller'],
  ['R.14', 'RapidScale, memory with 92 waypoint pods', smallerInMemory(92), 'larger'],
  ['R.15', 'two sidecars', ways.sidecars.most, 0.4],
  ['R.15', 'layer 4, one ztunnel', ways.layer4.least, 0.06],
  ['R.15', 'layer 4, two ztunnels', ways.layer4.most, 0.12],
  ['R.15', 'with a waypoint, one ztunnel', ways.withWaypoint.least, 0.31],
  ['R.15', 'with a waypoint, two ztunnels', ways.withWaypoint.most, 0.37],
  ['R.15', 'layer 4 less, at most, %', reductionPercent(ways.sidecars.most, ways.layer4.least), 85],
  ['R.15', 'layer 4 less, at least, %', reductionPercent(ways.sidecars.most, ways.layer4.most), 70],
  ['R.15', 'with a waypoint less, at most, %', reductionPercent(ways.sidecars.most, ways.withWaypoint.least), 22.5],
  ['R.15', 'with a waypoint less, at least, %', reductionPercent(ways.sidecars.most, ways.withWaypoint.most), 7.5],
];
