/** What a lab has for a while only: it is brought before something is done, and taken away after it. */

/** How something ended that was done meanwhile. */
export interface Ended<T> {
  readonly result: T;
  /** What was wrong with what was brought, one sentence each. */
  readonly trouble: readonly string[];
}

/** Something that comes and goes. */
export interface Visitor {
  /** As sentences about it begin, e.g. `The second cluster`. */
  readonly name: string;
  readonly bring: () => Promise<unknown>;
  /** What is done in the end, one after another, and what is said of it where that fails, e.g. `does not go`. */
  readonly end: Readonly<Record<string, () => Promise<unknown>>>;
}

/**
 * Does something while a lab has something more. What cannot be brought is trouble and no reason to leave the rest undone;
 * what came is taken away however it ended, so each step of its end is tried.
 *
 * @param stays whether a failure is to be looked at, so that all is left as it is after one
 * @param action is told whether it came
 */
export async function forAWhile<T extends { readonly failed: number }>(
  { name, bring, end }: Visitor,
  stays: boolean,
  action: (came: boolean) => Promise<T>,
): Promise<Ended<T>> {
  const trouble: string[] = [];
  const attempt = async (what: string, step: () => Promise<unknown>) => {
    try {
      await step();
    } catch (error) {
      const sentence = `${name} ${what}: ${error instanceof Error ? error.message : String(error)}`;
      trouble.push(sentence);
      process.stderr.write(`${sentence}\n`);
    }
  };
  await attempt('did not come', bring);
  const result = await action(trouble.length === 0);
  if (stays && result.failed > 0) return { result, trouble };
  for (const [what, step] of Object.entries(end)) await attempt(what, step);
  return { result, trouble };
}
