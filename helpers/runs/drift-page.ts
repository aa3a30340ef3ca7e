import { escapeHtml } from '../draw/escape.ts';
import { listing, note, section, table } from '../draw/style.ts';
import { type Drift, onceIn } from './drift.ts';
import { type ReleaseNote, notesAbout, wordsOfMany } from './release-notes.ts';
import type { RunRecord } from './run-record.ts';

/** Two runs and what differs between them. */
export interface Comparison {
  readonly a: RunRecord;
  readonly b: RunRecord;
  readonly drifts: readonly Drift[];
  /** Factor beyond which a wait counts as different. */
  readonly factor: number;
  /** Release notes that only one of the two releases of Istio has. */
  readonly notes: readonly ReleaseNote[];
  /** What is wrongly claimed, by the id of the erratum. */
  readonly claims: ReadonlyMap<string, string>;
}

/** What each kind of difference means to a reader. */
const kinds: Readonly<Record<Drift['kind'], string>> = {
  status: 'ended differently',
  disproof: 'a claim that was wrong may hold now, or no longer',
  verdict: 'a call ended differently',
  output: 'a witness said something else',
  warning: 'a warning came or went',
  wait: 'a wait took much longer or shorter',
};

/** The drift as Markdown, fit for an issue. */
export function driftMarkdown(comparison: Comparison): string {
  const rows = world(comparison).map((row) => `| ${row.map(cell).join(' | ')} |`);
  const exercises = byExercise(comparison).map(([path, drifts]) => {
    const parts = drifts.map(
      ({ kind, what, a, b }) => `**${kinds[kind]}**: ${what}\n\nA:\n${fenced(a)}\nB:\n${fenced(b)}\n`,
    );
    const notes = explanations(comparison, path, drifts).map(({ file, text }) => `- ${file}: ${text}`);
    const explained = notes.length === 0 ? '' : `\n${mayExplain}:\n\n${notes.join('\n')}\n`;
    return `## ${path}\n\n${parts.join('\n')}${explained}`;
  });
  const where = rows.length === 0 ? [] : [['| | A | B |', '|---|---|---|', ...rows].join('\n')];
  return ['# Drift between two runs', verdict(comparison), ...where, ...exercises].join('\n\n');
}

/** The same as a page of its own that loads nothing. */
export function driftHtml(comparison: Comparison): string {
  const rows = world(comparison).map((row) => row.map(escapeHtml));
  const exercises = byExercise(comparison).map(([path, drifts]) =>
    section(
      escapeHtml(path),
      table(
        ['', 'A', 'B'],
        drifts.map(({ kind, what, a, b }) => [
          `<b>${kinds[kind]}</b><br>${escapeHtml(what)}`,
          listing(escapeHtml(a)),
          listing(escapeHtml(b)),
        ]),
      ) +
        explanations(comparison, path, drifts)
          .map(({ file, text }) => note(escapeHtml(`${mayExplain}, ${file}: ${text}`), 'good'))
          .join(''),
    ),
  );
  const body = [
    '<h1>Drift between two runs</h1>',
    note(escapeHtml(verdict(comparison)), comparison.drifts.length === 0 ? 'good' : 'bad'),
    table(['', 'A', 'B'], rows),
    ...exercises,
  ].join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Drift between two runs</title><body style="font-family:system-ui,sans-serif;max-width:1100px;margin:24px auto;padding:0 16px">${body}</body></html>\n`;
}

const limits =
  `Counts differ where chance alone (Fisher's exact test) makes such a difference less than once in ${onceIn} draws. ` +
  'Order and repetitions are no difference. Of a long output only the claim is compared. What a run measured is a figure of ' +
  'that run, and is compared by nobody here; of looks that an exercise repeats until they satisfy, the last counts.';
const mayExplain = 'A release note of Istio that names something of this exercise, and may explain it';

/** Release notes about what an exercise does and what differs in it. */
function explanations({ a, b, notes }: Comparison, path: string, drifts: readonly Drift[]): ReleaseNote[] {
  const exercise = [...b.exercises, ...a.exercises].find((each) => each.path === path);
  const texts = [...manifestsOf(exercise), ...drifts.flatMap(({ what, a: inA, b: inB }) => [what, inA, inB])];
  return notesAbout(notes, texts, wordsOfMany(b.exercises.map(manifestsOf)));
}

function manifestsOf(exercise: RunRecord['exercises'][number] | undefined): string[] {
  return exercise?.manifests.map(({ yaml }) => yaml) ?? [];
}

/** The outcome in a few words, and how far it reaches. */
export function verdict({ drifts, a, b, factor }: Comparison): string {
  const compared = a.exercises.filter(({ path }) => b.exercises.some((other) => other.path === path)).length;
  if (drifts.length === 0) return `Nothing differs. Exercises in both runs: ${compared}. ${limits}`;
  const count = (kind: Drift['kind']) => drifts.filter((each) => each.kind === kind).length;
  const counts = (Object.keys(kinds) as Drift['kind'][])
    .filter((kind) => count(kind) > 0)
    .map((kind) => `${kind} ${count(kind)}`);
  const differing = new Set(drifts.map(({ path }) => path)).size;
  return `Exercises that differ: ${differing} (${counts.join(', ')}), of ${compared} in both runs. A wait differs beyond a factor of ${factor}, where it takes more than half of its deadline. ${limits}`;
}

/** Where the runs were made; rows of what, A, B. */
function world({ a, b }: Comparison): string[][] {
  const facts = ({
    facts: { startedAt, provider, imageSource, versions },
    commit,
  }: RunRecord): Record<string, string> => ({
    Started: startedAt,
    Course: commit,
    Cluster: provider,
    Images: startedAt === '' ? '' : imageSource,
    ...versions,
  });
  const [one, two] = [facts(a), facts(b)];
  return [...new Set([...Object.keys(one), ...Object.keys(two)])]
    .map((what) => [what, one[what] ?? '', two[what] ?? ''])
    .filter(([, ...values]) => values.some((value) => value !== ''));
}

/** Differences by exercise; of a claim of the course text, with its words. */
function byExercise({ drifts, claims }: Comparison): [string, Drift[]][] {
  const worded = drifts.map((each) =>
    each.kind === 'disproof' ? { ...each, what: `${each.what}: ${claims.get(each.what) ?? 'an erratum'}` } : each,
  );
  return [...Map.groupBy(worded, ({ path }) => path)];
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

/** A block that no line of the text can end. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
