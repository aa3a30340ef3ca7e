import { UsageProblem } from '../system/errors.ts';

/** One mapping of an inputs file, read field by field; every complaint names the field and what is accepted. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #file: string;
  readonly #read = new Set<string>();

  /** @throws {UsageProblem} if `value` is not a mapping */
  constructor(value: unknown, file: string, path = '') {
    this.#file = file;
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw this.#problem(path === '' ? 'the file' : path, value, 'a mapping of names to values');
    }
    this.#values = value as Record<string, unknown>;
  }

  /** A number within a range, both ends accepted. */
  number(name: string, [min, max]: readonly [min: number, max: number]): number {
    const value = this.#take(name);
    if (typeof value === 'number' && value >= min && value <= max) return value;
    throw this.#problem(this.#at(name), value, `a number from ${min} to ${max}`);
  }

  /** As {@link number}, undefined where the field is missing. */
  numberIfGiven(name: string, range: readonly [min: number, max: number]): number | undefined {
    return this.#values[name] === undefined ? undefined : this.number(name, range);
  }

  /** A text that is not empty. */
  text(name: string): string {
    const value = this.#take(name);
    if (typeof value === 'string' && value.trim() !== '') return value;
    throw this.#problem(this.#at(name), value, 'a text');
  }

  textIfGiven(name: string): string | undefined {
    return this.#values[name] === undefined ? undefined : this.text(name);
  }

  /** One of a few words. */
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const value = this.#take(name);
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    throw this.#problem(this.#at(name), value, `one of ${choices.join(', ')}`);
  }

  /** A list of a few words, each at most once; an empty one where the field is missing. */
  choicesIfGiven<Choice extends string>(name: string, choices: readonly Choice[]): readonly Choice[] {
    const value = this.#take(name) ?? [];
    const chosen = choices.filter((choice) => Array.isArray(value) && value.includes(choice));
    if (Array.isArray(value) && chosen.length === value.length) return chosen;
    throw this.#problem(this.#at(name), value, `a list of ${choices.join(', ')}`);
  }

  /** Reads a mapping within this one, to its end: a field of it that nobody asks for is refused. */
  within<Result>(name: string, read: (fields: Fields) => Result): Result {
    return new Fields(this.#take(name), this.#file, this.#at(name)).whole(read);
  }

  /** As {@link within}, undefined where the field is missing. */
  withinIfGiven<Result>(name: string, read: (fields: Fields) => Result): Result | undefined {
    return this.#values[name] === undefined ? undefined : this.within(name, read);
  }

  /** As {@link each}, an empty list where the field is missing. */
  eachIfGiven<Result>(name: string, read: (fields: Fields) => Result): Result[] {
    return this.#values[name] === undefined ? [] : this.each(name, read);
  }

  /** Reads each mapping of a list that has at least one. */
  each<Result>(name: string, read: (fields: Fields) => Result): Result[] {
    const list = this.#take(name);
    if (!Array.isArray(list) || list.length === 0) throw this.#problem(this.#at(name), list, 'a list of at least one');
    return list.map((item, index) => new Fields(item, this.#file, `${this.#at(name)}[${index}]`).whole(read));
  }

  /** As {@link each}, but the list may be empty. */
  eachOrNone<Result>(name: string, read: (fields: Fields) => Result): Result[] {
    const list = this.#take(name);
    return Array.isArray(list) && list.length === 0 ? [] : this.each(name, read);
  }

  /** @throws {UsageProblem} if a field was not read, which is a misspelt name */
  whole<Result>(read: (fields: Fields) => Result): Result {
    const result = read(this);
    const unknown = Object.keys(this.#values).find((name) => !this.#read.has(name));
    if (unknown === undefined) return result;
    throw this.#problem(this.#at(unknown), this.#values[unknown], `no such field, only ${[...this.#read].join(', ')}`);
  }

  /** Refuses the values of a field that are wrong only together with others. */
  refuse(name: string, accepted: string): never {
    throw this.#problem(this.#at(name), this.#values[name], accepted);
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#values[name];
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #problem(field: string, value: unknown, accepted: string): UsageProblem {
    const seen = value === undefined ? 'missing' : JSON.stringify(value);
    return new UsageProblem(`${field} is ${seen}; accepted: ${accepted}`, `correct ${field} in ${this.#file}`);
  }
}
