/** A public page that statements cite, and when somebody read it last. */
export interface Source {
  readonly id: string;
  /** What is to be read there. */
  readonly title: string;
  readonly pages: readonly string[];
  /** Day on which it was read, `2026-11-24`. */
  readonly read: string;
}

/** Days after which a source should be read again, and after which it must be. */
const days = { warn: 180, fault: 365 } as const;
const dayMs = 24 * 60 * 60 * 1000;

/** What contradicts itself in a list of sources, one line each. */
export function sourceFaults(sources: readonly Source[]): string[] {
  return sources.flatMap(({ id, title, pages, read }) => [
    ...(/^C\d+$/.test(id) ? [] : [`${id}: is no name of a source`]),
    ...(title.trim() === '' ? [`${id}: has no title`] : []),
    ...(pages.length > 0 && pages.every((page) => URL.canParse(page)) ? [] : [`${id}: has no pages to open`]),
    ...(/^\d{4}-\d\d-\d\d$/.test(read) && !Number.isNaN(Date.parse(read)) ? [] : [`${id}: was read on no day`]),
  ]);
}

/** Sources that were read too long before a day: what may wait, and what may not. */
export function agedSources(sources: readonly Source[], today: Date): { warnings: string[]; faults: string[] } {
  const aged = sources.map(({ id, read }) => ({
    id,
    read,
    age: Math.floor((today.getTime() - Date.parse(read)) / dayMs),
  }));
  const lines = (from: number, to: number) =>
    aged
      .filter(({ age }) => age > from && age <= to)
      .map(({ id, read, age }) => `specs/curriculum/sources.yaml ${id}: was read on ${read}, ${age} days ago`);
  return { warnings: lines(days.warn, days.fault), faults: lines(days.fault, Infinity) };
}
