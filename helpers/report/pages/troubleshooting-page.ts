import type { TroubleshootingIndex } from '../../curriculum/troubleshooting.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { listing, more, section, table } from '../../draw/style.ts';
import type { RanCommand } from '../../record/observation.ts';
import { pageId } from '../../record/results.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { writeAddedPage } from './added-page.ts';
import { backingHtml, type Evidence, statementsHtml } from './backing.ts';
import { readRunCards } from './run-cards.ts';
import { type Ran, typedFor } from './typed-commands.ts';

const id = '00-troubleshooting';

/**
 * Adds the troubleshooting index to a folder of results, as one more of them; a run that has judged nothing of it gets
 * none. If the whole course was run, a row that nothing has proven, or whose command nothing has run, fails it.
 *
 * @returns id of its page in the report
 */
export async function writeTroubleshootingPage(
  { facts, only, exercises }: RunRecord,
  draft: string,
): Promise<string | undefined> {
  const { evidence, troubleshooting } = await readRunCards(exercises);
  if (troubleshooting === undefined) return undefined;
  const { index, broken } = troubleshooting;
  await writeAddedPage(draft, facts.startedAt, {
    id,
    title: '00 Symptom, first command, cause',
    module: '00 Troubleshooting',
    exercise: '00 Index of all modules',
    html: troubleshootingHtml(index, evidence, exercises),
    broken: only === '' ? broken : [],
  });
  return pageId(id);
}

/** The page itself: a table of symptoms, and what to keep in mind before something is wrong. */
export function troubleshootingHtml(index: TroubleshootingIndex, evidence: Evidence, run: readonly Ran[]): string {
  const rows = index.parts.flatMap((part) => [
    [`<b>${escapeHtml(part.title)}</b>`],
    ...part.rows.map((row) => [
      escapeHtml(row.symptom),
      `${commandHtml(row.first)}${asTyped(typedFor(row, run))}`,
      escapeHtml(row.cause),
      backingHtml(row, evidence),
    ]),
  ]);
  return [
    '<p>What is marked as proven was caused on purpose in the exercise beside it, and such a command was run there. The same symptom may have other causes; the exercise shows how this one was told apart.</p>',
    table(['What is seen', 'Type first', 'Cause', 'Exercise'], rows),
    section('Before something is wrong', statementsHtml('Keep in mind', index.operations, evidence)),
  ].join('');
}

/** Longest word of a command that stays on one line. */
const longestWord = 40;

/** A command in a narrow column: a browser would break it at any hyphen of an option. */
export function commandHtml(command: string): string {
  const words = command.split(' ').map((word) => {
    const style = word.length > longestWord ? 'overflow-wrap:anywhere' : 'white-space:nowrap';
    return `<span style="${style}">${escapeHtml(word)}</span>`;
  });
  return `<code>${words.join(' ')}</code>`;
}

function asTyped(command: RanCommand | undefined): string {
  if (command === undefined) return '';
  return more('as it was typed in this run', listing(escapeHtml(`$ ${command.typed}`)));
}
