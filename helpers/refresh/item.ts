/** One thing that the monthly routine looks at, and how it was found. */

/** `good`: as it should be. `look`: a person should read it. `bad`: it is red. `unknown`: it could not be looked at. */
export type ItemState = 'good' | 'look' | 'bad' | 'unknown';

export interface Item {
  /** One or two words. */
  readonly title: string;
  readonly state: ItemState;
  /** The outcome in one or two sentences. */
  readonly says: string;
  /** What it consists of, one line each. */
  readonly lines: readonly string[];
}

/** When and against what the routine was run. */
export interface Heading {
  /** Start of the run that was looked at, ISO 8601. */
  readonly date: string;
  /** Start of the run that it is compared with; missing where there is none. */
  readonly against?: string;
}

const signs: Readonly<Record<ItemState, string>> = { good: '✓', look: '•', bad: '✕', unknown: '?' };
const titleWidth = 14;
/** Lines of an item that a terminal shows; the file has all. */
const fewLines = 4;

/** The items as a terminal shows them. */
export function refreshText(heading: Heading, items: readonly Item[]): string {
  const blocks = items.flatMap(({ title, state, says, lines }, index) => {
    const more = lines.length - fewLines;
    return [
      `${String(index + 1).padStart(2)} ${signs[state]} ${title.padEnd(titleWidth)}${says}`,
      ...(state === 'good' ? [] : lines.slice(0, fewLines).map((line) => `       ${line}`)),
      ...(state === 'good' || more <= 0 ? [] : [`       and ${more} more`]),
    ];
  });
  return [`REFRESH  ${titleOf(heading)}`, ...blocks, ''].join('\n');
}

/** The same as Markdown with every line, fit for an issue. */
export function refreshMarkdown(heading: Heading, items: readonly Item[]): string {
  const parts = items.map(({ title, state, says, lines }, index) =>
    [
      `## ${index + 1}. ${title}`,
      `**${words[state]}.** ${says}`,
      ...(lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]),
    ].join('\n\n'),
  );
  const red = items.filter(({ state }) => state === 'bad').map(({ title }) => title.toLowerCase());
  const verdict = red.length === 0 ? 'Nothing is red.' : `Red: ${red.join(', ')}.`;
  return `${[`# Refresh, ${titleOf(heading)}`, `${verdict} ${legend}`, ...parts].join('\n\n')}\n`;
}

const words: Readonly<Record<ItemState, string>> = {
  good: 'As it should be',
  look: 'To be read by a person',
  bad: 'Red',
  unknown: 'Not known',
};
const legend =
  'Written by `make refresh`, which changes nothing in the repository. Figures and results are those of the runs named here.';

function titleOf({ date, against }: Heading): string {
  const day = (time: string) => time.slice(0, 10);
  return `${day(date)}, ${against === undefined ? 'nothing to compare with' : `against ${day(against)}`}`;
}

/** `1 thing`, `2 things`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
