import { halfUp, reductionPercent } from '../figures.ts';
import { ambientRequests, breakEvenPodsPerNode, istiod, pricePerMonth, sidecarRequests } from '../footprint.ts';
import type { Vector } from './vector.ts';

const rapidScale = { sidecar: sidecarRequests(120), ambient: ambientRequests(6, 2) };
const megaBank = { sidecar: sidecarRequests(6_000), ambient: ambientRequests(200, 100) };
const threeNodes = ambientRequests(3, 0);
const price = (requests: typeof istiod) => pricePerMonth(requests, 25, 3);
const more = (less: number, greater: number) => halfUp((greater / less - 1) * 100);

function sizes(name: string, { sidecar, ambient }: typeof rapidScale, byHand: readonly number[]): Vector[] {
  const given: [string, number][] = [
    ['sidecar mCPU', sidecar.milliCpu],
    ['sidecar MiB', sidecar.mebibytes],
    ['ambient mCPU', ambient.milliCpu],
    ['ambient MiB', ambient.mebibytes],
    ['CPU less, %', reductionPercent(sidecar.milliCpu, ambient.milliCpu)],
    ['memory less, %', reductionPercent(sidecar.mebibytes, ambient.mebibytes)],
  ];
  return given.map(([what, value], index) => ['R.10', `${name}, ${what}`, value, byHand[index] ?? 'no such size']);
}

/** Requests of both data planes, where they meet, and their price: R.10, R.11, R.12. */
export const footprintVectors: readonly Vector[] = [
  ...sizes('RapidScale', rapidScale, [12_000, 15_360, 2_000, 3_928, 83.3, 74.4]),
  ...sizes('MegaBank', megaBank, [600_000, 768_000, 70_000, 135_200, 88.3, 82.4]),
  ['R.11', 'pods per node where CPU meets', breakEvenPodsPerNode().cpu, 3],
  ['R.11', 'pods per node where memory meets', breakEvenPodsPerNode().memory, 5],
  ['R.11', '14 pods on 3 nodes, sidecar MiB', sidecarRequests(14).mebibytes, 1_792],
  ['R.11', '15 pods on 3 nodes, sidecar MiB', sidecarRequests(15).mebibytes, 1_920],
  ['R.11', '3 nodes, ambient MiB', threeNodes.mebibytes, 1_836],
  ['R.11', '3 pods on 3 nodes, ambient CPU more, %', more(sidecarRequests(3).milliCpu, threeNodes.milliCpu), 200],
  ['R.11', '3 pods on 3 nodes, ambient MiB more, %', more(sidecarRequests(3).mebibytes, threeNodes.mebibytes), 378],
  ['R.12', 'RapidScale sidecar, dollars a month', price(rapidScale.sidecar), 345],
  ['R.12', 'RapidScale ambient, dollars a month', price(rapidScale.ambient), 61.51],
  ['R.12', 'istiod, dollars a month', price(istiod), 18.5],
  ['R.12', 'RapidScale sidecar, dollars a year', 12 * price(rapidScale.sidecar), 4_140],
];
