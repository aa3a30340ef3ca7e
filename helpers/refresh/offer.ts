/** What registries offer beyond what the project has pinned. */

/** Where a part of the project comes from. */
export type Source = 'npm' | 'Go modules' | 'Python packages' | 'Debian' | 'container images';

/** How far a new version is from the old one. */
export type Reach = 'patch' | 'minor' | 'major';

/** A newer version of one part. */
export interface Offer {
  /** E.g. `vitest`, `kubernetes-1.36`. */
  readonly part: string;
  readonly now: string;
  readonly newer: string;
  readonly reach: Reach;
  /** What writing it would change, e.g. `kind/go/etcd, kind/catalogue.ts`. */
  readonly changes: string;
  /** Why it is not written by itself; missing where it is. */
  readonly byHand?: string;
  /** Writes it, with its hashes. */
  readonly write?: () => Promise<void>;
}

/** What one registry answered. */
export interface Answer {
  readonly source: Source;
  readonly offers: readonly Offer[];
  /** How many parts it was asked about. */
  readonly asked: number;
  /** Why it did not answer; missing where it did. */
  readonly silent?: string;
}

/** What is said where nothing newer was found: a registry that did not answer may have something. */
export function nothingNewer(answers: readonly Answer[]): string {
  const isSilent = answers.some(({ silent }) => silent !== undefined);
  return isSilent ? 'nothing newer where a registry answered' : 'all is of the newest';
}

/** The numbers of a version; undefined of what is no finished release. */
export function numbersOf(version: string): readonly number[] | undefined {
  const [, numbers = ''] = /^v?(\d+(?:\.\d+)*)(?:\+incompatible)?$/.exec(version) ?? [];
  return numbers === '' ? undefined : numbers.split('.').map(Number);
}

/** Below, equal to or above zero, as the first is older, the same or newer. */
export function compareVersions(a: string, b: string): number {
  const [one, two] = [numbersOf(a) ?? [], numbersOf(b) ?? []];
  for (let place = 0; place < Math.max(one.length, two.length); place += 1) {
    const difference = (one[place] ?? 0) - (two[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** How far it is from one version to a newer one. */
export function reachOf(now: string, newer: string): Reach {
  const [one, two] = [numbersOf(now) ?? [], numbersOf(newer) ?? []];
  if (one[0] !== two[0]) return 'major';
  return one[1] === two[1] ? 'patch' : 'minor';
}

/** The newest finished release that is newer and no farther than `most`; undefined if there is none. */
export function newest(now: string, offered: readonly string[], most: Reach): string | undefined {
  const order: readonly Reach[] = ['patch', 'minor', 'major'];
  const [found] = offered
    .filter((version) => numbersOf(version) !== undefined && compareVersions(version, now) > 0)
    .filter((version) => order.indexOf(reachOf(now, version)) <= order.indexOf(most))
    .toSorted((a, b) => compareVersions(b, a));
  return found;
}

/** The first line of what a client said that is no warning, as the reason why its registry did not answer; no address in it. */
export function reasonOf(said: string): string {
  const line = said.split('\n').find((each) => each.trim() !== '' && !/^warning\b/i.test(each)) ?? 'no answer';
  return line
    .replaceAll(/\bhttps?:\/\/\S+/g, 'its address')
    .trim()
    .slice(0, 160);
}
