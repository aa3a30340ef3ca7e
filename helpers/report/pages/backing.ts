/** What stands behind the sentences of a page, as the report shows it. */
import { type AssertionStatus, assertionStatus } from '../../curriculum/coverage.ts';
import type { KnownErratum } from '../../curriculum/curriculum.ts';
import type { Source } from '../../curriculum/sources.ts';
import type { Backing, Statement, Told } from '../../curriculum/statement.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, table } from '../../draw/style.ts';
import type { AssertionResult } from '../../record/assertion-results.ts';

/** All that a sentence may rest on. */
export interface Evidence {
  /** What the run judged. */
  readonly assertionResults: readonly AssertionResult[];
  readonly errata: readonly KnownErratum[];
  readonly sources: readonly Source[];
}

/** A sentence that cites what a run does not prove. */
export interface BrokenLink {
  /** The sentence, or the need, objection or question that was answered. */
  readonly to: string;
  readonly id: string;
  readonly reason: string;
}

const marks = {
  proven: '<b style="color:#1a7f37">✓ proven</b>',
  skipped: '<b style="color:#6b7280">– skipped</b>',
  failed: '<b style="color:#c62828">✕ not proven</b>',
  open: '<b style="color:#c62828">✕ not proven in this run</b>',
} as const;

/** What the evidence marks of errata mean. */
export const kinds = {
  run: 'it was reproduced',
  source: 'read in the code of Istio',
  known: 'known behaviour',
  maths: 'calculated',
  reading: 'public documentation',
  reasoning: 'reasoning',
} as const;

export const opinionMark = '<b style="color:#9a6700;font-size:13px">opinion</b>';

/**
 * Every citation that no exercise of the run proves, because none names the id or because one failed. What was skipped
 * is not among them: the lab lacks something, and the page says what.
 */
export function brokenLinks(told: readonly Told[], assertionResults: readonly AssertionResult[]): BrokenLink[] {
  return told.flatMap(({ words, backing: { provenBy = [] } }) =>
    provenBy
      .map((id) => assertionStatus(id, assertionResults))
      .filter(({ state }) => state === 'open' || state === 'failed')
      .map(({ id, reason }) => ({ to: words, id, reason })),
  );
}

/** A table of statements, each with what stands behind it. */
export function statementsHtml(head: string, statements: readonly Statement[], evidence: Evidence): string {
  return table(
    [head, 'What stands behind it'],
    statements.map((each) => [wordsHtml(each.says, each, evidence), backingHtml(each, evidence)]),
  );
}

/** Words, and under them the wrong claims that they set right. */
export function wordsHtml(words: string, { errata = [], source }: Backing, evidence: Evidence): string {
  const known = evidence.errata.filter(({ id }) => errata.includes(id));
  return [escapeHtml(words), ...known.map((each) => erratumHtml(each, evidence, source))].join('');
}

/** The results, the source or the erratum behind a sentence, or that there is none. */
export function backingHtml(backing: Backing, evidence: Evidence): string {
  const { provenBy = [], source, opinion = false, later = [], errata = [] } = backing;
  const assertionStatuses = provenBy.map((id) => assertionStatus(id, evidence.assertionResults));
  const alike = Map.groupBy(assertionStatuses, ({ state, by }) => `${state} ${by?.page}`);
  const alone = provenBy.length === 0 && source === undefined && !opinion;
  return [
    ...[...alike.values()].map(linkHtml),
    ...evidence.sources.filter(({ id }) => id === source).map(sourceHtml),
    ...(alone ? evidence.errata.filter(({ id }) => errata.includes(id)).map(kindHtml) : []),
    ...(opinion ? [opinionMark] : []),
    ...(later.length === 0 ? [] : [`<span style="${faint}">taken up later in ${escapeHtml(later.join(', '))}</span>`]),
  ].join('<br>');
}

/** What is told and by whom, what is true, and the source of it unless that is named already. */
function erratumHtml({ id, claim, toldBy, truth, source }: KnownErratum, evidence: Evidence, named?: string): string {
  const where = evidence.sources
    .filter((each) => each.id === source && each.id !== named)
    .map((each) => ` ${sourceHtml(each)}`);
  return `<div style="${faint};margin-top:4px">${escapeHtml(id)}: ${tellerHtml(evidence.sources, toldBy)} <i>“${escapeHtml(claim)}”</i> In truth: ${escapeHtml(truth)}${where.join('')}</div>`;
}

/** One line for all ids that the same exercise decided. */
function linkHtml(alike: readonly AssertionStatus[]): string {
  const [first] = alike;
  if (first === undefined) return '';
  const ids = `<span style="${faint}">${alike.map(({ id }) => escapeHtml(id)).join(', ')}</span>`;
  if (first.by === undefined) return `${marks[first.state]} ${ids}`;
  const why = first.reason === '' ? '' : `<br><span style="${faint}">${escapeHtml(first.reason)}</span>`;
  return `${marks[first.state]} <a href="#${first.by.page}">${escapeHtml(first.by.claim)}</a> ${ids}${why}`;
}

/** Who tells a claim: the course text, a page, or many. */
function tellerHtml(sources: readonly Source[], toldBy?: string): string {
  if (toldBy === undefined) return 'the text says';
  const page = sources.find(({ id }) => id === toldBy);
  return page === undefined ? 'it is often said' : `${linksHtml(page)} says`;
}

function sourceHtml(source: Source): string {
  return `<b>source</b> ${linksHtml(source)} <span style="${faint}">read on ${escapeHtml(source.read)}</span>`;
}

function linksHtml({ id, title, pages }: Source): string {
  const links = pages.map((page, index) => {
    const text = index === 0 ? `${id}: ${title}` : new URL(page).host;
    return `<a href="${escapeHtml(page)}">${escapeHtml(text)}</a>`;
  });
  return links.join(', ');
}

function kindHtml({ id, evidence }: KnownErratum): string {
  const how = evidence.map((kind) => kinds[kind]).join(', ');
  return `<b>${escapeHtml(id)}</b> <span style="${faint}">${escapeHtml(how)}</span>`;
}
