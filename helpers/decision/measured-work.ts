import { type MeshWay, partsOfWay, wayNames, workName } from '../lesson/data-plane-meter.ts';
import { count } from '../roi/figures.ts';
import type { Shown } from './shown.ts';

/** Ways of a call that a customer chooses between. */
export const ways = ['sidecars', 'layer4', 'withWaypoint'] as const satisfies readonly MeshWay[];
export type Way = (typeof ways)[number];

/**
 * Milliseconds of processor that all proxies of a way took for 1,000 calls, by one assertion that measures it.
 *
 * @returns undefined where a figure is missing
 */
export function measuredWork(way: Way, assertion: string, { measurements }: Shown): number | undefined {
  const figures = partsOfWay[way].map(
    (part) => measurements.find(({ exercise, what }) => exercise === assertion && what === workName(way, part))?.value,
  );
  return figures.every((figure) => figure !== undefined)
    ? figures.reduce((sum: number, figure) => sum + (figure ?? 0), 0)
    : undefined;
}

/** The same of every way in words, e.g. `two sidecars 210 ms, …`; empty where a figure is missing. */
export function tellMeasuredWork(assertion: string, shown: Shown): string {
  const told = ways.flatMap((way) => {
    const ms = measuredWork(way, assertion, shown);
    return ms === undefined ? [] : [`${wayNames[way]} ${count(Math.round(ms))} ms`];
  });
  return told.length === ways.length ? told.join(', ') : '';
}
