/** What is newer than what is pinned, what Istio supports, and what its release notes say about what is taught. */
import { type IstioRelease, minorOf } from '../../kind/istio-releases.ts';
import type { RecordedExercise } from '../record/record.ts';
import { notesAbout, type ReleaseNote, wordsOfMany } from '../runs/release-notes.ts';
import { counted, type Item } from './item.ts';
import { type Answer, compareVersions } from './offer.ts';
import type { SupportedRelease } from './support.ts';

/** What registries offer, and whether Istio still supports the releases that the course is run on. */
export function versionsItem(
  answers: readonly Answer[],
  support: readonly SupportedRelease[] | string,
  releases: readonly IstioRelease[],
): Item {
  const offers = answers.flatMap(({ offers: found }) => found);
  const silent = answers.filter((each) => each.silent !== undefined);
  const here = releases.map(({ version }) => version);
  const rows = typeof support === 'string' ? [] : support;
  const [newest] = rows.filter(({ supported }) => supported).toSorted((a, b) => compareVersions(b.version, a.version));
  const ended = here.filter((version) => rows.some((row) => row.version === minorOf(version) && !row.supported));
  const missing = newest !== undefined && !here.some((version) => minorOf(version) === newest.version);
  const table =
    typeof support === 'string'
      ? `The support table was not looked up: ${support}.`
      : `Newest supported: ${newest?.version ?? 'none'}.`;
  return {
    title: 'Versions',
    state: ended.length > 0 || missing ? 'bad' : offers.length > 0 ? 'look' : silent.length > 0 ? 'unknown' : 'good',
    says: `Istio ${here.join(' and ')} here. ${table} ${counted(offers.length, 'part')} newer than pinned${silent.length === 0 ? '' : `, ${silent.length} of ${answers.length} registries silent`} (make versions).`,
    lines: [
      ...ended.map((version) => `Istio ${version} is no longer supported`),
      ...(missing ? [`Istio ${newest.version} is supported, and the course is not run on it`] : []),
      ...rows
        .filter(({ version }) => here.some((each) => minorOf(each) === version))
        .map(({ version, ends, kubernetes }) => `Istio ${version}: ends ${ends}; Kubernetes ${kubernetes.join(', ')}`),
      ...silent.map(({ source, silent: why }) => `${source}: not asked, or not all of it: ${why}`),
      ...offers.map(({ part, now, newer, reach }) => `${part}: ${now} → ${newer} (${reach})`),
    ],
  };
}

/** Release notes that name something which exercises of the run have in their manifests; a person judges them. */
export function changelogItem(
  between: readonly [string, string],
  notes: readonly ReleaseNote[] | string,
  exercises: readonly RecordedExercise[],
): Item {
  if (typeof notes === 'string') {
    return { title: 'Changelog', state: 'unknown', says: `Release notes were not looked up: ${notes}.`, lines: [] };
  }
  const manifests = (exercise: RecordedExercise) => exercise.manifests.map(({ yaml }) => yaml);
  const everyday = wordsOfMany(exercises.map(manifests));
  const found = new Map<ReleaseNote, string[]>();
  for (const exercise of exercises) {
    for (const note of notesAbout(notes, manifests(exercise), everyday)) {
      found.set(note, [...(found.get(note) ?? []), exercise.path]);
    }
  }
  return {
    title: 'Changelog',
    state: found.size > 0 ? 'look' : 'good',
    says: `${found.size} of ${counted(notes.length, 'release note')} between Istio ${between.join(' and ')} name something that is taught. Whether they change it, a person judges.`,
    lines: [...found].map(
      ([{ file, text }, paths]) =>
        `${file}: ${beginning(text)} (${counted(paths.length, 'exercise')}, e.g. ${paths[0]})`,
    ),
  };
}

/** Characters of a note that say what it is about. */
const longestNote = 200;

function beginning(text: string): string {
  return text.length <= longestNote ? text : `${text.slice(0, text.lastIndexOf(' ', longestNote))} …`;
}
