/** `node server.mjs fault …`: tells the server of the same pod to fail, or to be well again, from a shell in the pod. */

/** What a command comes to: a line to print, and an exit code. */
export interface Told {
  readonly line: string;
  readonly exitCode: 0 | 1 | 2;
}

const usage = 'usage: node server.mjs fault FIELD=VALUE…, e.g. fault status=500 rate=0.2, or: fault none';

/**
 * @param words fields of the fault, `status=500 delay=300ms`, or `none` to restore
 * @param port where the server of this pod listens
 */
export async function tellFault(words: readonly string[], port: number): Promise<Told> {
  const none = words.length === 1 && words[0] === 'none';
  const fields = words.map((word) => /^(\w+)=(.+)$/s.exec(word));
  if (!none && (fields.length === 0 || fields.includes(null))) return { line: usage, exitCode: 2 };
  const body = JSON.stringify(Object.fromEntries(fields.flatMap((field) => (field === null ? [] : [field.slice(1)]))));
  try {
    const answer = await fetch(
      `http://localhost:${port}/fault`,
      none ? { method: 'DELETE' } : { method: 'POST', body },
    );
    return { line: (await answer.text()).trimEnd(), exitCode: answer.ok ? 0 : 1 };
  } catch (error) {
    return { line: `no server answers on port ${port}: ${String((error as Error).cause ?? error)}`, exitCode: 1 };
  }
}
