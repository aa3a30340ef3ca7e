/** Istio's release notes, and which of them speak of what an exercise does. */
import { parse } from 'yaml';

/** One note of a release. */
export interface ReleaseNote {
  /** Name of its file in Istio's repository, below `releasenotes/notes/`. */
  readonly file: string;
  /** Markdown, one line. */
  readonly text: string;
}

/** The notes that a file of Istio's holds. */
export function readNotes(file: string, yaml: string): ReleaseNote[] {
  const { releaseNotes = [], upgradeNotes = [] } = parse(yaml) as {
    releaseNotes?: readonly string[] | null;
    upgradeNotes?: readonly { readonly title?: string; readonly content?: string }[] | null;
  };
  const upgrades = (upgradeNotes ?? []).map(({ title = '', content = '' }) => `${title}: ${content}`);
  return [...(releaseNotes ?? []), ...upgrades].map((text) => ({ file, text: text.trim().replaceAll(/\s+/g, ' ') }));
}

/** Words in code style that most notes have and that point at no lesson. */
const everywhere = new Set(['istiod', 'istioctl', 'Service', 'Pod', 'Namespace', 'Gateway', 'true', 'false']);

/** What a note names: in code style, or written as kinds and variables are. */
function names(text: string): string[] {
  const code = [...text.matchAll(/`([^`]+)`/g)].flatMap(([, name = '']) => name.split(/[\s:=]+/));
  const written = text.match(/\b(?:[A-Z][a-z]+){2,}\b|\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
  return [...new Set([...code, ...written])].filter((name) => name.length > 3 && !everywhere.has(name));
}

/** Share of all exercises beyond which a word, such as `ServiceAccount` or `enabled`, points at none of them. */
const tooMany = 0.1;

/** Words that so many exercises have that a note that names them is about no one exercise. */
export function wordsOfMany(exercises: readonly (readonly string[])[]): Set<string> {
  const counts = new Map<string, number>();
  for (const texts of exercises) for (const word of wordsOf(texts)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const most = Math.max(1, exercises.length * tooMany);
  return new Set([...counts].filter(([, count]) => count > most).map(([word]) => word));
}

function wordsOf(texts: readonly string[]): Set<string> {
  return new Set(texts.join('\n').split(/[^\w.-]+/));
}

/**
 * Notes that name something that stands in the texts of an exercise, those with most in common first. They may explain what
 * differs; whether they do, a reader must judge.
 *
 * @param everyday words of {@link wordsOfMany} exercises, which do not count
 */
export function notesAbout(
  notes: readonly ReleaseNote[],
  texts: readonly string[],
  everyday: ReadonlySet<string> = new Set(),
  most = 3,
): ReleaseNote[] {
  const words = wordsOf(texts).difference(everyday);
  return notes
    .map((note) => ({ note, common: names(note.text).filter((name) => words.has(name)).length }))
    .filter(({ common }) => common > 0)
    .toSorted((a, b) => b.common - a.common)
    .slice(0, most)
    .map(({ note }) => note);
}
