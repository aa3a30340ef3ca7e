/** Names of somebody's cluster, and what a report says instead of them. */
import { randomInt } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { stateDir } from '../system/paths.ts';

/** What the names of the last report stand for; only the user of this checkout may read it. */
export const namesFile = join(stateDir, 'discover-names.json');

/** What names may be of. */
export type Named = 'ns' | 'app' | 'svc' | 'rule';

/**
 * Says names as a report may have them: as `ns-1` and `ns-1/app-07`, with numbers that are drawn anew each time, or as they
 * are where somebody wants that.
 */
export class Names {
  readonly hidden: boolean;
  readonly #said = new Map<string, string>();
  readonly #free = new Map<Named, number[]>();

  /** @param known how many names there are of each sort; those above are numbered as they come */
  constructor(hidden: boolean, known: Readonly<Partial<Record<Named, number>>> = {}) {
    this.hidden = hidden;
    for (const [sort, count] of Object.entries(known)) this.#free.set(sort as Named, drawn(count));
  }

  namespace(name: string): string {
    return this.#say('ns', name, name);
  }

  /** Something in a namespace: `ns-1/app-07`. */
  within(sort: Exclude<Named, 'ns'>, namespace: string, name: string): string {
    return `${this.namespace(namespace)}/${this.#say(sort, `${namespace}/${name}`, name)}`;
  }

  /** The path of a request: without what a list goes on with, which holds names. */
  path(path: string): string {
    const short = path.replace(/([?&]continue)=[^&]*/, '$1=…').replace(/([?&]query)=.*/, '$1=…');
    if (!this.hidden) return short;
    return short
      .replace(/\/namespaces\/([^/?]+)/, (_whole, name: string) => `/namespaces/${this.namespace(name)}`)
      .replace(/\/services\/[^/?]+\/proxy/, '/services/…/proxy');
  }

  /** Keeps what the names stand for in the state folder, or nothing there if they are not hidden. */
  async keep(file = namesFile): Promise<void> {
    await rm(file, { force: true });
    if (!this.hidden) return;
    const said = Object.fromEntries([...this.#said].map(([key, word]) => [word, key.slice(key.indexOf(' ') + 1)]));
    await writeFile(file, `${JSON.stringify(said, undefined, 2)}\n`, { mode: 0o600 });
  }

  #say(sort: Named, key: string, name: string): string {
    if (!this.hidden) return name;
    const known = this.#said.get(`${sort} ${key}`);
    if (known !== undefined) return known;
    const free = this.#free.get(sort) ?? [];
    const number = free.pop() ?? this.#count(sort) + 1;
    const word = `${sort}-${sort === 'ns' ? number : String(number).padStart(2, '0')}`;
    this.#said.set(`${sort} ${key}`, word);
    return word;
  }

  #count(sort: Named): number {
    return [...this.#said.keys()].filter((key) => key.startsWith(`${sort} `)).length;
  }
}

/** Forgets what the names stand for. */
export async function forgetNames(file = namesFile): Promise<void> {
  await rm(file, { force: true });
}

/** The numbers from 1 on, in an order that says nothing. */
function drawn(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [numbers[last], numbers[other]] = [numbers[other] ?? 0, numbers[last] ?? 0];
  }
  return numbers;
}
