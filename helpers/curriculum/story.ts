import type { AssertionResult } from '../record/assertion-results.ts';
/** A customer's story: challenge, solution and outcome, beside what the lab has shown. */
import { assertionStatus } from './coverage.ts';
import type { Curriculum } from './curriculum.ts';
import type { ExerciseCard } from './exercise-card.ts';
import type { Statement } from './statement.ts';

/** The run that the lab's part is of. */
export interface LabRun {
  /** When and on what, e.g. `the run of 21 November 2026, k3s`; empty where there was none. */
  readonly words: string;
  readonly results: readonly AssertionResult[];
}

/** What only the customer knows: each stays empty until somebody writes it. */
const theirs = {
  Challenge: ['Their situation, in their words', 'Their figures, with who gave them'],
  Solution: ['What they did, and what they left out'],
  Outcome: [
    'What changed for them, with who measured it and when',
    'What they learned',
    'What was better than the alternative they had, and what was not',
  ],
} as const;

/** Markdown with the three headings. What the lab has shown is marked as that; no field of the customer is filled from it. */
export function storyMarkdown(
  card: Pick<ExerciseCard, 'id' | 'challenge' | 'solution' | 'outcome'>,
  customer: string,
  { words, results }: LabRun,
  { sources }: Pick<Curriculum, 'sources'>,
): string {
  const lab = {
    Challenge: [card.challenge],
    Solution: [card.solution],
    Outcome: card.outcome.map((each) => outcomeLine(each, results, sources)),
  };
  const parts = (['Challenge', 'Solution', 'Outcome'] as const).flatMap((heading) =>
    [`## ${heading}`].concat(
      lab[heading].map((line) => `> **lab** ${line}`),
      theirs[heading].map((field) => `${field}:\n\n…`),
    ),
  );
  const of =
    words === '' ? 'The course was never run here, so nothing of the lab is proven.' : `Results are of ${words}.`;
  return [
    `# ${customer}: a story beside ${card.id}`,
    `What is marked **lab** happened on a lab cluster of the course, and not at ${customer}. ${of} Whatever is said about ${customer} has to come from there.`,
    ...parts,
    '',
  ].join('\n\n');
}

function outcomeLine(
  { says, provenBy = [], source, opinion = false }: Statement,
  results: readonly AssertionResult[],
  sources: Curriculum['sources'],
): string {
  const open = provenBy.filter((id) => assertionStatus(id, results).state !== 'proven');
  const proven = provenBy.length > 0 && open.length === 0;
  const behind = [
    ...(proven ? [`proven: ${provenBy.join(', ')}`] : []),
    ...(open.length > 0 ? [`not proven in this run: ${open.join(', ')}`] : []),
    ...sources.filter(({ id }) => id === source).flatMap(({ pages }) => pages.slice(0, 1)),
    ...(opinion ? ['opinion'] : []),
  ];
  return `${says} (${behind.join('; ')})`;
}

/** Name of the file for a customer: `m2.e5-acme-bank.md`. Undefined where the name has no letter or digit. */
export function storyFile(id: string, customer: string): string | undefined {
  const name = customer
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return name === '' ? undefined : `${id}-${name}.md`;
}
