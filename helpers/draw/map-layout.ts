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
  /** Of the frame around the namespaces of one cluster: its head, and the room beside and below them. */
  frame: { head: 24, side: 7 },
} as const;

/** Rules for every pod of a namespace: in rows beside its name. */
export const wideTag = {
  left: 330,
  step: 300,
  row: 22,
  perRow: (width: number) => Math.floor((width - 330 - 10) / 300),
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
  /** Where there are several clusters; its {@link Frame} is around it then. */
  readonly cluster: string | undefined;
  readonly namespace: string;
  readonly y: number;
  readonly height: number;
  readonly spots: readonly Spot[];
}

/** What is in one of several clusters. */
export interface Frame {
  readonly cluster: string;
  readonly y: number;
  readonly height: number;
}

/** Where everything of a scene is drawn. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly Band[];
  /** None where there is only one cluster. */
  readonly frames: readonly Frame[];
}

/**
 * Callers on the left, called on the right, who is both between them and lower, so that arrows pass above; a band for
 * each namespace, callers' first, and where there are several clusters a frame around those of each.
 *
 * @param linesOf how many lines of text a place needs below its name, at any moment
 * @param rulesOf how many rules apply to every pod of a band, at any moment
 */
export function layOut(
  { places, moments }: Scene,
  linesOf: (place: Place) => number,
  rulesOf: (band: Pick<Band, 'cluster' | 'namespace'>) => number = () => 0,
): Layout {
  const ways = moments.flatMap((moment) => moment.ways);
  const used = [0, 1, 2].filter((rank) => places.some((place) => rankOf(place, ways) === rank));
  const width = used.length === 3 ? 1170 : 940;
  const { box, margin, header, gap, pad, name, line, slot } = measures;
  const step = used.length < 2 ? 0 : (width - 2 * (margin + pad) - box) / (used.length - 1);
  const byRank = places.toSorted((a, b) => rankOf(a, ways) - rankOf(b, ways));
  const groups = [...Map.groupBy(places, ({ cluster }) => cluster)]
    .toSorted(([a], [b]) => Number(a === undefined) - Number(b === undefined))
    .map(([cluster]) => ({
      cluster,
      namespaces: [
        ...Map.groupBy(
          byRank.filter((place) => place.cluster === cluster),
          ({ namespace }) => namespace,
        ),
      ],
    }));
  const ordered = groups.flatMap(({ namespaces }) => namespaces.flatMap(([, own]) => own));
  const slotsOf = (place: Place) => {
    const other = ({ from, to }: Way) => ordered.indexOf(isSame(from, place) ? to : from);
    const own = ways.filter(({ from, to }) => isSame(from, place) || isSame(to, place));
    return [...new Set(own.toSorted((a, b) => other(a) - other(b)).map(callOf))];
  };
  let top = 0;
  const bandOf = (cluster: string | undefined, namespace: string, own: readonly Place[]): Band => {
    const rows = Math.ceil(rulesOf({ cluster, namespace }) / wideTag.perRow(width));
    const bottoms = used.map(() => top + header + Math.max(0, rows - 1) * wideTag.row);
    const spots = own.map((place): Spot => {
      const rank = rankOf(place, ways);
      const column = used.indexOf(rank);
      const slots = slotsOf(place);
      const height = Math.max(name + line * linesOf(place) + 2, slots.length * slot + 6);
      const y = Math.max(bottoms[column] ?? top, rank === 1 ? (bottoms[column - 1] ?? 0) : 0);
      bottoms[column] = y + height + gap;
      return { place, column, x: margin + pad + column * step, y, height, slots };
    });
    const band = { cluster, namespace, y: top, height: Math.max(...bottoms) - top, spots };
    top += band.height + gap;
    return band;
  };
  const frames: Frame[] = [];
  const bands = groups.flatMap(({ cluster, namespaces }) => {
    const y = top;
    if (cluster !== undefined) top += measures.frame.head;
    const own = namespaces.map(([namespace, inIt]) => bandOf(cluster, namespace, inIt));
    if (cluster === undefined) return own;
    // The last band is followed by the frame's own room, and the frame by a gap.
    top += measures.frame.side - gap;
    frames.push({ cluster, y, height: top - y });
    top += gap;
    return own;
  });
  return { width, height: top, bands, frames };
}

/** One and the same call before and after, whoever answers it; of many calls by one command, those that ended alike. */
export function callOf({ from, to, seen, share }: Way): string {
  const end = share === undefined ? [] : [to.cluster, to.namespace, to.name, seen.signature];
  return JSON.stringify([from.cluster, from.namespace, from.name, seen.host ?? seen.target, seen.request, ...end]);
}

function rankOf(place: Place, ways: readonly Way[]): number {
  if (!ways.some(({ from }) => isSame(from, place))) return 2;
  return ways.some(({ to }) => isSame(to, place)) ? 1 : 0;
}
