import { UsageProblem } from './errors.ts';

/**
 * What a variable may hold: one of a few words, what a check lets pass, or anything where another place knows what is right.
 * A check throws a {@link UsageProblem}.
 */
export type Accepted = readonly string[] | ((value: string, name: string) => void) | 'any';

/** Variables by their names. */
export type Variables = Readonly<Record<string, Accepted>>;

/** What was said by variables. What is not in it was left out; `X=` is the same as leaving X out. */
export type Said<Names extends PropertyKey> = Readonly<Partial<Record<Names, string>>>;

/**
 * What an environment says by some of the variables that are declared.
 *
 * @throws {UsageProblem} if one of them holds what it does not accept
 */
export function said<Declared extends Variables, Name extends keyof Declared & string>(
  declared: Declared,
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>>,
): Said<Name> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = environment[name];
    if (value === undefined || value === '') continue;
    check(name, value, declared[name] ?? 'any');
    found[name] = value;
  }
  return found;
}

function check(name: string, value: string, accepted: Accepted): void {
  if (typeof accepted === 'function') accepted(value, name);
  else if (accepted !== 'any' && !accepted.includes(value)) {
    throw new UsageProblem(
      `${name}=${value} is not supported`,
      `use ${accepted.map((word) => `${name}=${word}`).join(' or ')}, or leave it out`,
    );
  }
}

/** Lets a whole number pass, from 1 up to `most`. */
export function count(most: number, example: string): Accepted {
  return (value, name) => {
    if (/^[1-9]\d*$/.test(value) && Number(value) <= most) return;
    throw new UsageProblem(`${name}=${value} is no count from 1 to ${most}`, example);
  };
}

/** Lets pass what has a certain form. */
export function form(pattern: RegExp, what: string, example: string): Accepted {
  return (value, name) => {
    if (!pattern.test(value)) throw new UsageProblem(`${name}=${value} is no ${what}`, example);
  };
}
