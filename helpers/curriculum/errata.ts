import { type Curriculum, type KnownErratum, placesOfErratum } from './curriculum.ts';

/** An exercise that shows an erratum. */
export interface ShownErratum {
  readonly id: string;
  /** What the exercise claims. */
  readonly claim: string;
  /** Path of the spec under specs/. */
  readonly path: string;
}

/** Errata that no exercise shows. */
export function notShown({ errata }: Curriculum, shown: readonly ShownErratum[]): KnownErratum[] {
  return errata.filter(({ id }) => !shown.some((each) => each.id === id));
}

/** The page of everything the course sets right, as Markdown that lies in reports/. */
export function errataPage(curriculum: Curriculum, shown: readonly ShownErratum[]): string {
  const open = notShown(curriculum, shown);
  const lines = [
    '# What the course text got wrong',
    'Written by `make errata` from the list in specs/curriculum/errata.yaml and the cards of the exercises.',
    '## Shown by an exercise',
    rows(
      ['', 'The text says', 'In truth', 'Shown by'],
      curriculum.errata
        .filter((each) => !open.includes(each))
        .map(({ id, claim, truth }) => [
          id,
          claim,
          truth,
          shown
            .filter((each) => each.id === id)
            .map((each) => `[${each.claim}](../specs/${each.path})`)
            .join('<br>'),
        ]),
    ),
    '## Not shown by any exercise yet',
    rows(
      ['', 'The text says', 'In truth', 'Belongs to'],
      open.map(({ id, claim, truth, later }) => {
        const places = placesOfErratum(curriculum, id);
        return [id, claim, truth, [...places, ...(later === undefined ? [] : [`${later} (later)`])].join(', ')];
      }),
    ),
  ];
  return `${lines.join('\n\n')}\n`;
}

function rows(heads: readonly string[], cells: readonly (readonly string[])[]): string {
  if (cells.length === 0) return 'None.';
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text) => text.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...cells.map(line)].join('\n');
}
