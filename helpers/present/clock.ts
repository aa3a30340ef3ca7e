/** The time that a demo has taken, from the moment when somebody starts it. */
export class Clock {
  readonly #now: () => number;
  #started: number | undefined;

  /** @param now milliseconds from any beginning */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins to count; nothing where it has begun. */
  start(): void {
    this.#started ??= this.#now();
  }

  /** Milliseconds since it began; 0 before. */
  get elapsedMs(): number {
    return this.#started === undefined ? 0 : this.#now() - this.#started;
  }
}
