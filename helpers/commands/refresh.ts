/**
 * The monthly routine: rehearses the demos, runs the whole course, and says what a month has changed: versions, drift,
 * deprecations, disproofs, errata, release notes, claims to customers. It changes nothing in the repository and writes
 * reports/refresh.md.
 * MATRIX=yes is the quarter's: each release of Istio on its newest Kubernetes first, and the customers' calculations.
 * RUN=dir looks at a run that has ended, and starts none; AGAINST=dir names the run to compare with.
 */
import { appendFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

import { istioReleaseBeside, istioReleases, minorOf } from '../../kind/istio-releases.ts';
import { chosenVersion, versionPairs } from '../../kind/versions.ts';
import { readCards } from '../curriculum/cards.ts';
import { type Curriculum, readCurriculum } from '../curriculum/curriculum.ts';
import { readDemos } from '../curriculum/demos.ts';
import { notShown, shownErrata } from '../curriculum/errata.ts';
import { readPracticeStatements } from '../curriculum/practice-statements.ts';
import { readValues } from '../curriculum/values.ts';
import { notesBetween } from '../lab/assemble/istio-notes.ts';
import { choices } from '../lab/choices.ts';
import { refuseExisting } from '../lab/cluster.ts';
import { redact } from '../record/redact.ts';
import { type Item, refreshMarkdown, refreshText } from '../refresh/item.ts';
import { keepRefresh } from '../refresh/kept.ts';
import { matrixItem } from '../refresh/matrix-item.ts';
import { claimsItem, errataItem, returnsItem } from '../refresh/of-the-course.ts';
import { deprecationsItem, disproofsItem, driftItem, suiteItem } from '../refresh/of-the-run.ts';
import { changelogItem, versionsItem } from '../refresh/of-versions.ts';
import { askRegistries } from '../refresh/registries.ts';
import { demosItem } from '../refresh/rehearsals.ts';
import { askSupport } from '../refresh/support.ts';
import { readProfiles } from '../roi/profiles.ts';
import { chosenPairs } from '../runs/matrix.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { projectRoot, reportsDir } from '../system/paths.ts';
import { Progress } from '../system/progress.ts';
import { chosenLessons } from './chosen-lessons.ts';
import { collectCards } from './collect-cards.ts';
import { command } from './command.ts';
import { matrix, namedRun, onLab, runBefore } from './refresh-runs.ts';
import { given } from './variables.ts';
import { writeComparison } from './write-comparison.ts';

const isQuarter = () => given('MATRIX').MATRIX === 'yes';
/** Days that lie between two refreshes at least, with some room for months and quarters of other lengths. */
const daysBetween = () => (isQuarter() ? 80 : 20);

/** Release notes between the two runs, or where both are of one release between that and the one beside it. */
async function changelog(current: RunRecord, before: RunRecord | undefined): Promise<Item> {
  const now = current.facts.versions['istiod'] ?? chosenVersion('ISTIO');
  const then = before?.facts.versions['istiod'] ?? now;
  const between: readonly [string, string] =
    minorOf(then) === minorOf(now) ? [istioReleaseBeside(releaseOf(now)).version, releaseOf(now)] : [then, now];
  const notes = await notesBetween(...between).catch(() => 'the sources of Istio could not be had');
  return changelogItem(between, notes, current.exercises);
}

function releaseOf(istiod: string): string {
  return istioReleases.find(({ version }) => minorOf(version) === minorOf(istiod))?.version ?? istiod;
}

/** What of the course itself is to be looked at: errata and sources, claims, and in a quarter the calculations. */
async function ofTheCourse(curriculum: Curriculum, current: RunRecord, before: RunRecord | undefined): Promise<Item[]> {
  const practice = await readPracticeStatements(curriculum);
  const shown = shownErrata(curriculum, await readCards(curriculum), await collectCards(), practice);
  return [
    errataItem(curriculum, notShown(curriculum, shown), new Date()),
    claimsItem(await readValues(curriculum), current, before),
    ...(isQuarter() ? [returnsItem(await readProfiles(), current, before)] : []),
  ];
}

/** @throws {UsageProblem} before anything is begun that takes an hour */
async function refuseWrongWords(): Promise<void> {
  const { APPLY, PAIRS, RUN, AGAINST } = given('APPLY', 'PAIRS', 'RUN', 'AGAINST');
  const { ISTIO, KUBERNETES } = choices();
  if (APPLY === 'yes') throw new UsageProblem('make refresh changes nothing', 'make versions APPLY=yes');
  if (isQuarter() && (ISTIO !== undefined || KUBERNETES !== undefined)) {
    throw new UsageProblem('with MATRIX=yes the versions are chosen by the matrix', 'leave ISTIO and KUBERNETES out');
  }
  if (!isQuarter() && PAIRS !== undefined) {
    throw new UsageProblem('PAIRS are those of the matrix', 'make refresh MATRIX=yes, or leave PAIRS out');
  }
  if (RUN !== undefined && AGAINST !== undefined && resolve(RUN) === resolve(AGAINST)) {
    throw new UsageProblem(`RUN and AGAINST are both ${RUN}`, 'name two runs, or leave AGAINST out');
  }
  chosenPairs(versionPairs, PAIRS);
  await chosenLessons();
}

await command(async () => {
  refuseExisting('refresh');
  await refuseWrongWords();
  const [ended, against] = [await namedRun('RUN'), await namedRun('AGAINST')];
  const curriculum = await readCurriculum();
  const demos = await readDemos(curriculum);
  const progress = new Progress();
  const answers = await askRegistries(({ source, silent, offers, asked }) =>
    progress.say(`${source}: ${silent ?? `${offers.length} newer of ${asked}`}`),
  );
  const versions = versionsItem(answers, await askSupport(), istioReleases);
  const columns = isQuarter() ? await matrix(ended === undefined) : [];
  const { current, rehearsals } =
    ended === undefined ? await onLab(demos, progress, columns[0]?.run) : { current: ended, rehearsals: undefined };
  const before = await runBefore(current, daysBetween(), against);
  const drifts =
    before === undefined ? undefined : (await writeComparison({ a: before, b: current, factor: 3 }, reportsDir)).drifts;
  const items = [
    versions,
    suiteItem(current),
    driftItem(drifts, 'reports/drift.md'),
    deprecationsItem(current, before),
    disproofsItem(curriculum.errata, current, before),
    demosItem(demos, rehearsals),
    ...(await ofTheCourse(curriculum, current, before)),
    await changelog(current, before),
    ...(isQuarter() ? [matrixItem(columns)] : []),
  ];
  const heading = {
    date: current.facts.startedAt,
    ...(before === undefined ? {} : { against: before.facts.startedAt }),
  };
  const file = join(reportsDir, 'refresh.md');
  const markdown = redact(refreshMarkdown(heading, items));
  await writeFile(file, markdown);
  await keepRefresh(current);
  const summaryFile = process.env['GITHUB_STEP_SUMMARY'];
  if (summaryFile !== undefined && summaryFile !== '') await appendFile(summaryFile, markdown);
  process.stdout.write(`\n${redact(refreshText(heading, items))}\nwritten: ${relative(projectRoot, file)}\n`);
  return items.some(({ state }) => state === 'bad') ? exitCodes.failed : 0;
});
