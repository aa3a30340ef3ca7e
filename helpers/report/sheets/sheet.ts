/** A quick reference sheet: one page of A4 that says nothing which the last whole run of the course does not bear out. */
import type { Cards } from '../../curriculum/cards.ts';
import { assertionStatus, type AssertionStatus } from '../../curriculum/coverage.ts';
import { assertionsOf, type Curriculum } from '../../curriculum/curriculum.ts';
import type { Backing } from '../../curriculum/statement.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { lettersFor, paper, wordsOf } from '../../draw/paper.ts';
import { type AssertionResult, assertionResultOf } from '../../record/assertion-results.ts';
import { redact } from '../../record/redact.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { kinds } from '../pages/backing.ts';
import { wordingFaults } from './wording.ts';

/** What sheets are made from. */
export interface Ground {
  readonly curriculum: Curriculum;
  readonly cards: Cards;
  /** The last run of the whole course. */
  readonly run: RunRecord;
}

/** A sheet that was made. */
export interface Sheet {
  /** Name of its file, without ending. */
  readonly name: string;
  readonly title: string;
  /** The whole page, in letters of so many points. */
  readonly page: (points: number) => string;
  /** Size of the letters with which it should fit on one side of A4. */
  readonly points: number;
  /** Why it should not be used as it is, one line each. */
  readonly faults: readonly string[];
}

/** What a sheet is to be. */
export interface Plan extends Pick<Sheet, 'name' | 'title'> {
  /** How many characters of it fit on one side of A4 in the largest letters; measured, as its layout has it. */
  readonly room: number;
  readonly content: Content;
}

/** Parts of a sheet: HTML that {@link Proofs} had a hand in. */
export type Content = (proofs: Proofs, ground: Ground) => string;

/** Days after which what a run proved is too old to be carried to a customer. */
const oldest = 45;
const dayMs = 24 * 60 * 60 * 1000;

const marks = { proven: '✓', skipped: '–', failed: '✕', open: '✕' } as const;

/** What stands behind the words of a sheet, and a memory of all that was cited on it. */
export class Proofs {
  readonly #statuses = new Map<string, AssertionStatus>();
  readonly #results: readonly AssertionResult[];

  constructor({ exercises }: Pick<RunRecord, 'exercises'>) {
    this.#results = exercises.map(assertionResultOf);
  }

  /** How every id that was cited stands. */
  get cited(): AssertionStatus[] {
    return [...this.#statuses.values()];
  }

  /** True if the run proves all of these ids; they are not cited by asking. */
  holds(ids: readonly string[]): boolean {
    return ids.every((id) => this.#statusOf(id).state === 'proven');
  }

  /** Ids with a mark for how they stand; those of one exercise share its name: `✓ m1.e4.a2 a5`. */
  ids(ids: readonly string[]): string {
    const alike = Map.groupBy(ids, (id) => {
      const status = this.#statusOf(id);
      this.#statuses.set(id, status);
      return `${marks[status.state]} ${id.slice(0, id.lastIndexOf('.'))}`;
    });
    const told = [...alike].map(
      ([head, own]) => `${head}.${own.map((id) => id.slice(id.lastIndexOf('.') + 1)).join(' ')}`,
    );
    return told.map((each) => `<span class="id">${escapeHtml(each)}</span>`).join(' ');
  }

  /** What stands behind a sentence, in short. */
  behind({ provenBy = [], source, opinion = false, later = [] }: Backing): string {
    const rest = [
      ...(source === undefined ? [] : [`source ${source}`]),
      ...(opinion ? ['opinion'] : []),
      ...(later.length === 0 ? [] : [`later ${later.join(', ')}`]),
    ];
    const words = rest.length === 0 ? '' : `<span class="id">${escapeHtml(rest.join(', '))}</span>`;
    return [this.ids(provenBy), words].filter((part) => part !== '').join(' ');
  }

  /** A sentence with what stands behind it. */
  says(words: string, backing: Backing): string {
    return `${this.told(words, backing.provenBy)} ${this.behind(backing)}`;
  }

  /** Words that rest on results; where the run does not prove these, they say so. */
  told(words: string, ids: readonly string[] = []): string {
    const states = new Set(ids.map((id) => this.#statusOf(id).state));
    const short =
      states.has('open') || states.has('failed') ? 'not proven: ' : states.has('skipped') ? 'skipped: ' : '';
    const html = `${short}${escapeHtml(words)}`;
    return short === '' ? html : `<span class="unproven">${html}</span>`;
  }

  /** What is often told wrong, and what is true instead. */
  wrong(erratum: string, ground: Pick<Ground, 'curriculum'>): string {
    const claim = ground.curriculum.errata.find(({ id }) => id === erratum)?.claim ?? '';
    return `“${escapeHtml(claim)}” <b>In truth:</b> ${this.truth(erratum, ground)}`;
  }

  /** What is true instead of what an erratum says, with results that show it, or where else it is from. */
  truth(erratum: string, { curriculum }: Pick<Ground, 'curriculum'>): string {
    const known = curriculum.errata.find(({ id }) => id === erratum);
    if (known === undefined) return '';
    const shown = assertionsOf(curriculum)
      .filter(({ errata = [], follows }) => follows === undefined && errata.includes(erratum))
      .map(({ id }) => id)
      .filter((id) => this.holds([id]))
      .slice(0, 2);
    const from = `no result of this run; ${known.evidence.map((kind) => kinds[kind]).join(', ')}`;
    const behind = shown.length === 0 ? `<span class="id">${escapeHtml(from)}</span>` : this.ids(shown);
    return `${escapeHtml(known.truth)} <span class="id">${escapeHtml(erratum)}</span> ${behind}`;
  }

  #statusOf(id: string): AssertionStatus {
    return this.#statuses.get(id) ?? assertionStatus(id, this.#results);
  }
}

/** Makes a sheet, and looks whether it may be used. @param today decides whether the run is too old */
export function makeSheet({ name, title, room, content }: Plan, ground: Ground, today: Date): Sheet {
  const { run, curriculum } = ground;
  const proofs = new Proofs(run);
  const body = redact(content(proofs, ground));
  const age = Math.floor((today.getTime() - Date.parse(run.facts.startedAt)) / dayMs);
  return {
    name,
    title,
    page: (points) => paper(title, `<h1>${escapeHtml(title)}</h1>${body}${footer(proofs, run)}`, points),
    points: lettersFor(body, room),
    faults: [
      ...unproven(proofs),
      ...wordingFaults(wordsOf(body), curriculum),
      ...(age > oldest ? [`the run is ${age} days old, and what it proved may have changed`] : []),
    ],
  };
}

/** What is cited and not proven: each that failed with its reason, and in one line all that the run did not have. */
function unproven({ cited }: Proofs): string[] {
  const missing = cited.filter(({ state }) => state === 'open').map(({ id }) => id);
  return [
    ...cited.filter(({ state }) => state === 'failed').map(({ id, reason }) => `${id} is not proven: ${reason}`),
    ...(missing.length === 0 ? [] : [`the run did not have ${missing.join(', ')}`]),
  ];
}

function footer({ cited }: Proofs, { facts, commit }: RunRecord): string {
  const proven = cited.filter(({ state }) => state === 'proven').length;
  const versions = ['Kubernetes', 'istiod'].flatMap((name) =>
    facts.versions[name] === undefined ? [] : [`${name} ${facts.versions[name]}`],
  );
  const where = [facts.provider, ...versions, ...(commit === '' ? [] : [`commit ${commit}`])].join(', ');
  const words = `Run of the whole course of ${facts.startedAt.slice(0, 10)}, ${where}. It proves ${proven} of the ${cited.length} results on this sheet: ✓ proven, – skipped, ✕ not proven.`;
  return `<footer>${escapeHtml(words)} <code>make evidence ID=…</code> shows the calls behind one. Written by <code>make sheets</code>.</footer>`;
}
