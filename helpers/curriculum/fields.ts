/** The fields of a card, as YAML has them: who must have which, and how long words may be. */

/** What a field holds; `longest` is in characters. */
export type Field =
  | { readonly of: 'text' | 'statement' | 'quote'; readonly longest: number }
  | { readonly of: 'statements'; readonly longest: number; readonly least: number; readonly most: number };

/** What stands behind a statement, by the names that it may have. */
const backing: ReadonlySet<string> = new Set(['provenBy', 'source', 'opinion', 'later', 'errata']);
const ofStatement: ReadonlySet<string> = new Set(['says', ...backing]);
const ofQuote: ReadonlySet<string> = new Set(['says', 'seed']);

type Mapping = Readonly<Record<string, unknown>>;

/** What is wrong with the words of a field, one line each, without what stands behind them. */
export function fieldFaults(name: string, value: unknown, field: Field): string[] {
  if (field.of !== 'statements') return judges[field.of](name, value, field.longest);
  if (!Array.isArray(value)) return [`${name}: is no list`];
  const { least, most } = field;
  const number =
    value.length < least || value.length > most
      ? [`${name}: has ${value.length} entries, ${least} to ${most} fit`]
      : [];
  return [...number, ...value.flatMap((each, index) => statementFaults(`${name}[${index}]`, each, field.longest))];
}

/** Fields that a card has and should not have. */
export function unknownFields(card: object, known: readonly string[]): string[] {
  return Object.keys(card)
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: is not known`);
}

const judges = { text: textFaults, statement: statementFaults, quote: quoteFaults };

function textFaults(name: string, value: unknown, longest: number): string[] {
  if (typeof value !== 'string' || value.trim() === '') return [`${name}: has no words`];
  return value.length > longest ? [`${name}: has ${value.length} characters, ${longest} fit`] : [];
}

function statementFaults(name: string, value: unknown, longest: number): string[] {
  if (!isMapping(value)) return [`${name}: says nothing`];
  return [...textFaults(name, value['says'], longest), ...keyFaults(name, value, ofStatement)];
}

function quoteFaults(name: string, value: unknown, longest: number): string[] {
  if (!isMapping(value)) return [`${name}: says nothing`];
  const { says, seed } = value;
  return [
    ...textFaults(name, says, longest),
    ...(seed === undefined || (typeof seed === 'string' && /^S[0-3]:\d+$/.test(seed))
      ? []
      : [`${name}: names no line of a course text`]),
    ...keyFaults(name, value, ofQuote),
  ];
}

function keyFaults(name: string, value: Mapping, known: ReadonlySet<string>): string[] {
  return unknownFields(value, [...known]).map((fault) => `${name}.${fault}`);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
