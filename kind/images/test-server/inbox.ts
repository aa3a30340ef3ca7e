/** A message that was posted to this pod. */
export interface Letter {
  /** When it came, ISO 8601 with milliseconds. */
  readonly at: string;
  /** The JSON that it was. */
  readonly body: unknown;
}

/** What was posted to this pod, in the order in which it came: what an alert manager tells, for one. */
export class Inbox {
  #letters: readonly Letter[] = [];

  take(body: unknown): void {
    this.#letters = [...this.#letters, { at: new Date().toISOString(), body }];
  }

  all(): readonly Letter[] {
    return this.#letters;
  }

  clear(): void {
    this.#letters = [];
  }
}
