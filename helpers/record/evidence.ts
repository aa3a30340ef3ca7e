import type { Finding } from './observation.ts';

/** How much of the lines that prove a finding is shown at once, and of what stands around them on demand. */
const room = { lines: 6, characters: 500, linesAround: 30, charactersAround: 240 };
/** How often a check may be asked again while the lines that satisfy it are looked for. */
const attempts = 400;

/** What is told where a check holds because something is not there, which no line can show. */
export const nothingOtherwise = 'Nothing in the output says otherwise.';

/**
 * The fewest lines of an output that satisfy a check by themselves: those are the ones that prove it. Half of the lines
 * are left out, then a quarter, and so on, as long as the check still holds (delta debugging).
 *
 * @param holds the check; it may throw where too little is left for it to read
 * @returns the lines, or {@link nothingOtherwise}; JSON is left as it is
 */
export function provingLines(output: string, holds: (output: string) => boolean): string {
  // Less of a list would satisfy too, and prove less than is claimed.
  if (isJson(output)) return output;
  let left = attempts;
  const satisfies = (lines: readonly string[]) => {
    left -= 1;
    try {
      return left >= 0 && holds(lines.map((line) => `${line}\n`).join(''));
    } catch {
      return false;
    }
  };
  let lines = output.split('\n').filter((line) => line.trim() !== '');
  const proving = () => {
    if (!satisfies(lines)) return output;
    if (lines.length > 1 && satisfies([])) return nothingOtherwise;
    for (let size = Math.ceil(lines.length / 2); size >= 1;) {
      const shorter = lines.keys().filter((index) => index % size === 0);
      const found = shorter
        .map((index) => lines.toSpliced(index, size))
        .find((rest) => rest.length > 0 && satisfies(rest));
      if (found !== undefined) lines = found;
      else if (size === 1) break;
      else size = Math.ceil(size / 2);
    }
    return lines.join('\n');
  };
  const found = proving();
  // Some checks keep what they read.
  holds(output);
  return found;
}

/** What a finding keeps: the lines that prove it, and what stands around them if that is more. */
export function asEvidence(proof: string, output: string): Pick<Finding, 'evidence' | 'around'> {
  const lines = proof.trim().split('\n');
  const shown = lines.slice(0, room.lines).map((line) => cut(line, room.characters));
  const evidence = [...shown, ...(lines.length > room.lines ? ['…'] : [])].join('\n');
  const around = linesAround(lines[0] ?? '', output.trimEnd().split('\n'));
  return around.trim() === evidence.trim() ? { evidence } : { evidence, around };
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
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
