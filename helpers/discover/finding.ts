/** What discovery has found, in words that hold names only as the report may say them. */
import type { Message } from './analysis.ts';
import { type KindName, kinds } from './kinds.ts';
import type { Counted } from './metrics.ts';
import type { Names } from './names.ts';
import type { Walls } from './reach.ts';
import type { Landscape } from './workloads.ts';

/** Something that was found and that an exercise shows. */
export interface Finding {
  readonly says: string;
  /** Where, each as the report says it. */
  readonly places: readonly string[];
  /** Assertions that show the same on a lab, the best first. */
  readonly shows: readonly string[];
}

/** The answer to one of the four questions. */
export interface Answer {
  readonly title: string;
  readonly question: string;
  /** In one or two sentences, for the terminal. */
  readonly line: string;
  /** What was seen and needs no lesson. */
  readonly facts: readonly string[];
  readonly findings: readonly Finding[];
  /** What could not be looked at, or only in part. */
  readonly gaps: readonly string[];
}

/** What answers are made of. */
export interface Ground {
  readonly landscape: Landscape;
  readonly walls: Walls;
  readonly names: Names;
  /** Undefined where metrics were not asked for. */
  readonly counted: Counted | undefined;
  /** Of Istio's own analysis, or why there are none. */
  readonly messages: readonly Message[] | string;
}

/** A finding, if there is any place for it. */
export function found(
  places: readonly string[],
  says: (count: number) => string,
  ...shows: readonly string[]
): Finding[] {
  return places.length === 0 ? [] : [{ says: says(places.length), places: listed(places), shows }];
}

/** Each place once, in an order of the report's own names, so that it tells nothing of the cluster's. */
function listed(places: readonly string[]): string[] {
  return [...new Set(places)].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** `1 pod`, `3 pods`, `2 policies`. */
export function amount(count: number, thing: string): string {
  if (count === 1) return `1 ${thing}`;
  return `${count} ${thing.endsWith('y') ? `${thing.slice(0, -1)}ies` : `${thing}s`}`;
}

/** The verb for so many. */
export function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

/** As {@link are}. */
export function have(count: number): string {
  return count === 1 ? 'has' : 'have';
}

/** True unless nothing could be seen of one of these kinds, so that a count of them would say nothing. */
export function sees({ landscape: { seen } }: Ground, ...keys: readonly KindName[]): boolean {
  return keys.every((key) => !seen[key].blind);
}

/** True if all of these kinds was seen, so that what is not among them is not there; the mesh's root namespace aside. */
export function seesAll({ landscape: { seen } }: Pick<Ground, 'landscape'>, ...keys: readonly KindName[]): boolean {
  return keys.every((key) => !seen[key].blind && seen[key].inPart !== true);
}

/** True if the labels of every namespace that has a pod were seen; ambient mode may be set there. */
export function seesLabels({ landscape: { seen, all } }: Ground): boolean {
  const known = new Set(seen.namespaces.items.map(({ metadata }) => metadata?.name));
  return all.every(({ namespace }) => known.has(namespace));
}

/** What could not be looked at of some kinds, a line each: `NetworkPolicy: not allowed to look`. */
export function gapsOf({ landscape: { seen } }: Ground, ...keys: readonly KindName[]): string[] {
  return keys.flatMap((key) => {
    const { gap } = seen[key];
    const { kind, group } = kinds[key];
    const of = kind === 'Gateway' ? ` of ${group}` : '';
    return gap === undefined ? [] : [`${kind}${of}: ${gap}`];
  });
}

/** Sentences that are there, as one text. */
export function together(...sentences: readonly (string | false | undefined)[]): string {
  return sentences.filter((each) => typeof each === 'string' && each !== '').join(' ');
}
