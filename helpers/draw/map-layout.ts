import { isSame, type Place, type Scene, type Way } from './scene.ts';

/** Measures of a map in its own units; a page scales the whole. */
export const measures = {
  box: 200,
  margin: 14,
  header: 28,
  name: 28,
  line: 18,
  /** Between two arrows at the side of a box, so that each has room for its words above and below it. */
  slot: 36,
  gap: 14,
  pad: 12,
  /** What is left free beside a box for arrows to bend. */
  bend: 58,
} as const;

/** Where a place is drawn; the same at every moment. */
export interface Spot {
  readonly place: Place;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** What arrows touch it, top to bottom, by {@link callOf}. */
  readonly slots: readonly string[];
}

/** A namespace as a band over the whole width. */
export interface Band {
  readonly namespace: string;
  readonly y: number;
  readonly height: number;
  readonly spots: readonly Spot[];
}

/** Where everything of a scene is drawn. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Band[];
}

/**
 * Callers on the left, called on the right, who is both between them and lower, so that arrows pass above; a band for
 * each namespace, callers' first.
 *
 * @param linesOf how many lines of text a place needs below its name, at any moment
 */
export function layOut({ places, moments }: Scene, linesOf: (place: Place) => number): Layout {
  const ways = moments.flatMap((moment) => moment.ways);
  const used = [0, 1, 2].filter((rank) => places.some((place) => rankOf(place, ways) === rank));
  const width = used.length === 3 ? 1170 : 940;
  const { box, margin, header, gap, pad, name, line, slot } = measures;
  const step = used.length < 2 ? 0 : (width - 2 * (margin + pad) - box) / (used.length - 1);
  const byRank = places.toSorted((a, b) => rankOf(a, ways) - rankOf(b, ways));
  const groups = [...Map.groupBy(byRank, ({ namespace }) => namespace)];
  const ordered = groups.flatMap(([, own]) => own);
  const slotsOf = (place: Place) => {
    const other = ({ from, to }: Way) => ordered.indexOf(isSame(from, place) ? to : from);
    const own = ways.filter(({ from, to }) => isSame(from, place) || isSame(to, place));
    return [...new Set(own.toSorted((a, b) => other(a) - other(b)).map(callOf))];
  };
  let top = 0;
  const bands = groups.map(([namespace, own]) => {
    const bottoms = used.map(() => top + header);
    const spots = own.map((place): Spot => {
      const rank = rankOf(place, ways);
      const column = used.indexOf(rank);
      const slots = slotsOf(place);
      const height = Math.max(name + line * linesOf(place) + 2, slots.length * slot + 6);
      const y = Math.max(bottoms[column] ?? top, rank === 1 ? (bottoms[column - 1] ?? 0) : 0);
      bottoms[column] = y + height + gap;
      return { place, column, x: margin + pad + column * step, y, height, slots };
    });
    const band = { namespace, y: top, height: Math.max(...bottoms) - top, spots };
    top += band.height + gap;
    return band;
  });
  return { width, height: top, bands };
}

/** One and the same call before and after, whoever answers it; of many calls by one command, those that ended alike. */
export function callOf({ from, to, seen, share }: Way): string {
  const end = share === undefined ? [] : [to.namespace, to.name, seen.signature];
  return JSON.stringify([from.namespace, from.name, seen.host ?? seen.target, seen.request, ...end]);
}

function rankOf(place: Place, ways: readonly Way[]): number {
  if (!ways.some(({ from }) => isSame(from, place))) return 2;
  return ways.some(({ to }) => isSame(to, place)) ? 1 : 0;
}
