import type { Finding } from './observation.ts';

/** How much of the lines that prove a finding is shown at once, and of what stands around them on demand. */
const room = { lines: 6, characters: 500, linesAround: 30, charactersAround: 240 };
/**
 * How often a check may be asked again while the part that satisfies it is looked for, and how much it may be given to
 * read in all, but always some times the whole. Not how long: two runs that saw the same must tell the same.
 */
const most = { attempts: 400, characters: 4_000_000, timesTheWhole: 8 };

/** What is told where a check holds because something is not there, which no line can show. */
export const nothingOtherwise = 'Nothing in the output says otherwise.';

/** A check that may be asked of parts of an output, until it was asked too often. */
interface Question {
  /** Nothing satisfies it any more: no part is worth being put together for it. */
  readonly isOver: boolean;
  readonly satisfies: (part: string) => boolean;
}

/**
 * The least of an output that satisfies a check by itself: the lines, or of JSON the fields, that show what is claimed.
 * Parts are left out as long as the check still holds, large ones first (delta debugging).
 *
 * @param holds the check; it may throw where too little is left for it to read
 * @returns the part, or {@link nothingOtherwise}
 */
export function provingPart(output: string, holds: (output: string) => boolean): string {
  let left = most.attempts;
  let charactersLeft = Math.max(most.characters, most.timesTheWhole * output.length);
  const question: Question = {
    get isOver() {
      return left <= 0 || charactersLeft <= 0;
    },
    satisfies(part) {
      left -= 1;
      charactersLeft -= part.length;
      try {
        return left >= 0 && charactersLeft >= 0 && holds(part);
      } catch {
        return false;
      }
    },
  };
  const json = asJson(output);
  const found = json === undefined ? provingLines(output, question) : provingFields(json, output, question);
  // Some checks keep what they read.
  holds(output);
  return found;
}

function provingLines(output: string, question: Question): string {
  const { satisfies } = question;
  const textOf = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  if (!satisfies(textOf(lines))) return output;
  if (lines.length > 1 && satisfies('')) return nothingOtherwise;
  return fewest(lines, question, (some) => some.length > 0 && satisfies(textOf(some))).join('\n');
}

function provingFields(json: object, output: string, question: Question): string {
  const enough = (part: unknown) => question.satisfies(JSON.stringify(part));
  // A check of whatever there is holds of nothing too: then all of it is what shows the claim.
  return enough(Array.isArray(json) ? [] : {}) || !enough(json)
    ? output
    : JSON.stringify(shrunk(json, question, enough));
}

/** A value with as few elements and fields as will do, at every depth. */
function shrunk(value: unknown, question: Question, enough: (part: unknown) => boolean): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const pack = (entries: readonly [string, unknown][]) =>
    Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  const kept = fewest(Object.entries(value), question, (entries) => enough(pack(entries)));
  for (const [index, [key, each]] of kept.entries())
    kept[index] = [key, shrunk(each, question, (part) => enough(pack(kept.with(index, [key, part]))))];
  return pack(kept);
}

/** As few items of a list as will do, if all of them do; more once the question is over. */
function fewest<T>(list: readonly T[], question: Question, enough: (some: T[]) => boolean): T[] {
  let items = [...list];
  for (let size = Math.ceil(items.length / 2); size >= 1 && !question.isOver;) {
    const starts = items.keys().filter((index) => index % size === 0 && !question.isOver);
    const found = starts.map((index) => items.toSpliced(index, size)).find(enough);
    if (found !== undefined) items = found;
    else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return items;
}

/** What was measured, for people: an item a line, fields by their names. */
export function inWords(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return value.map(inWords).join(value.some((each) => typeof each === 'object' && each !== null) ? '\n' : ', ');
  return Object.entries(value)
    .map(
      ([name, each]) => `${name}: ${typeof each === 'object' && each !== null ? `(${inWords(each)})` : String(each)}`,
    )
    .join(', ');
}

/** What a finding keeps: the lines that prove it, and what stands around them if that is more. */
export function asEvidence(proof: string, output: string): Pick<Finding, 'evidence' | 'around'> {
  const lines = proof.trim().split('\n');
  const shown = lines.slice(0, room.lines).map((line) => cut(line, room.characters));
  const evidence = [...shown, ...(lines.length > room.lines ? ['…'] : [])].join('\n');
  const around = linesAround(lines[0] ?? '', output.trimEnd().split('\n'));
  return around.trim() === evidence.trim() ? { evidence } : { evidence, around };
}

function asJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** So many lines of an output, the one that matters in the middle. */
function linesAround(line: string, output: readonly string[]): string {
  const middle = Math.max(0, output.indexOf(line));
  const first = Math.max(0, Math.min(middle - Math.floor(room.linesAround / 2), output.length - room.linesAround));
  const kept = output.slice(first, first + room.linesAround).map((each) => cut(each, room.charactersAround));
  const after = output.length - first - kept.length;
  return [
    ...(first > 0 ? [`… ${first} lines before`] : []),
    ...kept,
    ...(after > 0 ? [`… ${after} lines more`] : []),
  ].join('\n');
}

function cut(line: string, characters: number): string {
  return line.length > characters ? `${line.slice(0, characters)}…` : line;
}
