import type { Card } from '../record/card.ts';
import { markdownTable } from '../system/markdown.ts';
import { type Cards, type FiledStatement, statementsOf } from './cards.ts';
import { type Curriculum, type KnownErratum, placesOfErratum } from './curriculum.ts';

/** A place where an erratum is shown. */
export interface ShownErratum {
  readonly id: string;
  /** What shows it: an exercise by its claim, a card by whom it is of, a page by its name. */
  readonly by: string;
  /** Path of the file under specs/, if one shows it. */
  readonly path?: string;
}

/** A spec and what it shows. */
export interface ShowingSpec {
  readonly path: string;
  readonly claim: string;
  readonly card: Pick<Card, 'errata'>;
}

/**
 * Where errata are shown: by an exercise, behind a statement of a card, or on the front page of the report.
 *
 * @param practice sentences for customers that belong to no module
 */
export function shownErrata(
  curriculum: Curriculum,
  cards: Cards,
  specs: readonly ShowingSpec[],
  practice: readonly FiledStatement[] = [],
): ShownErratum[] {
  const statements = [...statementsOf(curriculum, cards), ...practice].flatMap(({ of, path, told }) =>
    (told.backing.errata ?? []).map((id) => ({ id, by: `what is said about ${of}`, path })),
  );
  return [
    ...specs.flatMap(({ path, claim, card }) => (card.errata ?? []).map((id) => ({ id, by: claim, path }))),
    ...new Map(statements.map((each) => [`${each.id} ${each.path}`, each])).values(),
    ...curriculum.errata
      .filter(({ frontPage }) => frontPage)
      .map(({ id }) => ({ id, by: 'the front page of the report' })),
  ];
}

/** Errata that nothing shows. */
export function notShown({ errata }: Pick<Curriculum, 'errata'>, shown: readonly ShownErratum[]): KnownErratum[] {
  return errata.filter(({ id }) => !shown.some((each) => each.id === id));
}

/** The page of everything the course sets right, as Markdown that lies in reports/. */
export function errataPage(curriculum: Curriculum, shown: readonly ShownErratum[]): string {
  const open = notShown(curriculum, shown);
  const lines = [
    '# What the course text got wrong, and what else is told',
    'Written by `make errata` from the list in specs/curriculum/errata.yaml, the cards and the statements.',
    '## Shown',
    rows(
      ['', 'The claim', 'In truth', 'Shown by'],
      curriculum.errata
        .filter((each) => !open.includes(each))
        .map((each) => [
          each.id,
          claimCell(each, curriculum),
          each.truth,
          shown
            .filter(({ id }) => id === each.id)
            .map(({ by, path }) => (path === undefined ? by : `[${by}](../specs/${path})`))
            .join('<br>'),
        ]),
    ),
    '## Not shown by anything yet',
    rows(
      ['', 'The claim', 'In truth', 'Belongs to'],
      open.map((each) => {
        const { id, truth, later } = each;
        const places = [...placesOfErratum(curriculum, id), ...(later === undefined ? [] : [`${later} (later)`])];
        return [id, claimCell(each, curriculum), truth, places.join(', ')];
      }),
    ),
  ];
  return `${lines.join('\n\n')}\n`;
}

/** A claim, and who tells it where that is no course text. */
function claimCell({ claim, toldBy }: KnownErratum, { sources }: Pick<Curriculum, 'sources'>): string {
  if (toldBy === undefined) return claim;
  const pages = sources.filter(({ id }) => id === toldBy).flatMap(({ pages: own }) => own);
  return `${claim} (${pages.length === 0 ? 'often told' : `told by ${pages.join(', ')}`})`;
}

function rows(heads: readonly string[], cells: readonly (readonly string[])[]): string {
  return cells.length === 0 ? 'None.' : markdownTable(heads, cells);
}
