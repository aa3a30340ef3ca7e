/** Key of calls that name none. */
export const defaultKey = 'default';

/** How often this pod was called, by the key that callers put into the query. */
export class Hits {
  readonly #counts = new Map<string, number>();

  /** @returns which call of this key it is, from 1 */
  count(key: string): number {
    const hits = this.of(key) + 1;
    this.#counts.set(key, hits);
    return hits;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  clear(): void {
    this.#counts.clear();
  }
}
