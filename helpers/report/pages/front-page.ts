import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { type KnownErratum, readCurriculum } from '../../curriculum/curriculum.ts';
import { readDemos } from '../../curriculum/demos.ts';
import { notMeasured } from '../../curriculum/metrics.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { note, seconds, section, table } from '../../draw/style.ts';
import type { FaultRun } from '../../faults/fault-run.ts';
import type { MutantRun } from '../../mutants/mutant-run.ts';
import type { RecordedExercise } from '../../record/record.ts';
import { redact } from '../../record/redact.ts';
import type { RunFacts } from '../../record/run-facts.ts';
import { longestWorker } from '../../record/workers.ts';
import type { ContractRun } from '../../runs/contract-run.ts';
import type { Flake } from '../../runs/history.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { contractTableHtml } from './contract-table.ts';
import { exerciseTable } from './exercise-table.ts';
import { faultGridHtml } from './fault-grid.ts';
import { mutantGridHtml } from './mutant-grid.ts';
import { type Entrances, readersHtml } from './readers.ts';
import { flakesHtml, waitsHtml } from './reliability.ts';

/** Identity of the front page among the results; fixed, so that it is one page over all runs. */
export const frontPageId = '00-start-here';
const title = '00 Start here';

/** What the first page tells besides the run itself. */
export interface Surroundings {
  /** Exercises that ended both ways in runs like this one. */
  readonly flakes?: readonly Flake[];
  /** What lessons did while something else was broken, if that was tried. */
  readonly faults?: FaultRun | undefined;
  /** How what lessons rely on was found in the images, if that was asked. */
  readonly contracts?: ContractRun | undefined;
  /** What exercises did with mutants of their manifests, if that was tried. */
  readonly mutants?: MutantRun | undefined;
  /** What the course sets right; the front page tells what is about the texts as a whole. */
  readonly errata?: readonly KnownErratum[];
  /** Page of the troubleshooting index, if the report has one. */
  readonly troubleshooting?: string | undefined;
  /** Heads of its modules. */
  readonly modules?: Entrances['modules'];
  /** What can be presented to somebody. */
  readonly demos?: Entrances['demos'];
}

/** Adds the page that a reader sees first to a folder of results, as one more of them. */
export async function writeFrontPage(run: RunRecord, draft: string, around: Surroundings = {}): Promise<void> {
  const { facts, leftovers } = run;
  const curriculum = await readCurriculum();
  const { errata } = curriculum;
  const demos = (await readDemos(curriculum)).map(({ demo, title: name, path }) => ({
    name: demo,
    title: name,
    page: run.exercises.find((each) => each.path === path)?.page,
  }));
  const start = Date.parse(facts.startedAt);
  const result = {
    uuid: frontPageId,
    historyId: frontPageId,
    testCaseId: frontPageId,
    name: title,
    fullName: frontPageId,
    status: leftovers.length === 0 ? 'passed' : 'failed',
    stage: 'finished',
    start,
    stop: start + facts.durationMs,
    labels: [{ name: 'epic', value: title }],
    descriptionHtml: redact(frontPageHtml(run, { errata, demos, ...around })),
    steps: [],
  };
  await writeFile(join(draft, `${frontPageId}-result.json`), JSON.stringify(result));
}

/** The page itself, HTML with inline styles only. */
export function frontPageHtml(
  { facts, exercises, leftovers }: Pick<RunRecord, 'facts' | 'exercises' | 'leftovers'>,
  {
    flakes = [],
    faults,
    contracts,
    mutants,
    errata = [],
    troubleshooting,
    modules = [],
    demos = [],
  }: Surroundings = {},
): string {
  const count = (status: string) => exercises.filter((each) => each.status === status).length;
  const wrong = exercises.length - count('passed') - count('skipped');
  const verdict =
    `${exercises.length} exercises: ${count('passed')} proven, ${wrong} not proven, ${count('skipped')} skipped. ` +
    `Started ${facts.startedAt.slice(0, 16).replace('T', ' ')} UTC, took ${seconds(facts.durationMs)}.`;
  return [
    '<p>An Istio course that proves itself. Every exercise that is not marked as skipped was carried out on a real cluster during this run; what you read in it, commands, outputs, pictures and times, is what happened, not what should have happened.</p>',
    note(escapeHtml(verdict), wrong === 0 ? 'good' : 'bad'),
    ...leftovers.map((sentence) => note(escapeHtml(sentence), 'bad')),
    section('Where to begin', readersHtml(exercises, { modules, demos })),
    section('Words to begin with', firstWords),
    section('How to read it', howToRead),
    section('When something is wrong', indexLink(troubleshooting)),
    section('Exercises of this run', exerciseTable(exercises)),
    section('Waits of this run', waitsHtml(exercises)),
    section('Exercises that ended both ways', flakesHtml(flakes)),
    section('When something else is broken', faultGridHtml(faults)),
    section('Would the exercise notice?', mutantGridHtml(mutants)),
    section('What lessons rely on in the images', contractTableHtml(contracts)),
    section(
      'What it ran on',
      table(['Part', 'Version'], rows({ ...facts.versions, ...cluster(facts), ...chosen(facts) })),
    ),
    section('About the course texts', aboutTheTexts(errata)),
    section(
      'What the course does not measure',
      `<p>${notMeasured} <code>make metrics-form</code> writes a form for figures of your own.</p>`,
    ),
    section('Images that stand in for others', standIns(facts)),
    section('Where the time went', table(['Part', 'Time'], timings(facts, exercises))),
  ].join('');
}

const firstWords = `<ul>
<li><b>Pod</b>: one running copy of a program in Kubernetes, with an address of its own. A <b>Service</b> is a name for several of them, and a <b>namespace</b> a folder for both. A <b>manifest</b> is a file that says what is to be there.</li>
<li><b>Proxy</b>, or <b>sidecar</b>: a second program in the pod, through which its calls leave and arrive. Istio puts it there; all of them together are the <b>mesh</b>, and <b>istiod</b>, Istio’s control plane, tells them what to do.</li>
<li><b>Mutual TLS</b>: both proxies of a call show a certificate, so the call is encrypted and each side knows whose program the other is. <b>STRICT</b> refuses whoever has no certificate.</li>
<li><b>NetworkPolicy</b>: Kubernetes’ own rule about who may connect to a pod. Istio’s rules look into the call: <b>AuthorizationPolicy</b> at who may ask for what, <b>PeerAuthentication</b> at mutual TLS, <b>VirtualService</b> at where a call goes, <b>DestinationRule</b> at how.</li>
<li><b>Ambient mode</b>: Istio without sidecars; a program on each node, <b>ztunnel</b>, carries the calls.</li>
</ul>`;

const howToRead = `<ul>
<li>Choose an exercise on the left, top to bottom: module, exercise, claim.</li>
<li>Its page has a question, asked by one of five customers who are made up; a map of who was where before and after, what changed, what was typed and what came back, why that proves it, the takeaway, and the commands to do it yourself. Below, under <b>Test body</b>, are the steps with each command and the first lines of its output; what is longer hangs folded on the step.</li>
<li>On a map a box in a box is a pod in its namespace, a blue bar in it is Istio’s proxy, and a yellow label is a rule where it applies.</li>
<li>The search on the left knows names, questions and every word of a manifest, such as <code>outlierDetection</code>. An underlined id, such as of an assertion or of what is often told wrong, says what it means when you point at it.</li>
<li>In pictures: <b style="color:#1a7f37">✓ ───▶</b> let through; <b style="color:#c62828">✕ ╌╌╌</b> refused, with the signature of who refused it; <b style="color:#6b7280">? ⋯⋯⋯</b> broken: the call failed and nobody refused it. That never counts as refused; where a step expects it, such as of a server that is down, it is what was to be seen.</li>
<li>Every exercise looks at the world before, changes one thing, looks again with the same command, and takes the change away. A “no” always comes with a “yes” at the same moment, so that a dead service cannot pass for a guarded one.</li>
<li>Commands stand as you would type them. What <code>kubectl exec</code> runs in a container was run by a shell that stayed open there, which gives the same output and exit code for a tenth of the cost.</li>
<li>⚠ marks a wait that used more than three quarters of its deadline.</li>
</ul>`;

function indexLink(page: string | undefined): string {
  if (page === undefined) return '';
  return `<p>The <a href="#${page}">troubleshooting index</a> leads from a symptom to what to type first, to its cause, and to the exercise that has caused it.</p>`;
}

function cluster(facts: RunFacts): Record<string, string> {
  const images = {
    assembled: 'built from package registries',
    upstream: 'pulled from their publishers',
    cluster: 'what the cluster has or pulls',
  };
  return {
    Cluster: facts.provider,
    'Container engine': facts.engine,
    Images:
      facts.imageSource === 'upstream' && facts.standIns.length > 0
        ? 'pulled from a mirror that holds stand-ins'
        : images[facts.imageSource],
    Machine: facts.machine,
  };
}

/** What the run was told to be, where it was told anything. */
function chosen({ choices }: RunFacts): Record<string, string> {
  const words = Object.entries(choices).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? {} : { Chosen: words.join(' ') };
}

function standIns({ standIns: images }: RunFacts): string {
  if (images.length === 0) return '';
  const why =
    '<p>The manifests name the images on the left. This run used what stands on the right, which behaves the same in everything an exercise looks at.</p>';
  return (
    why +
    table(
      ['Image in the manifests', 'What it was made of'],
      images.map(({ upstream, madeOf }) => [`<code>${escapeHtml(upstream)}</code>`, escapeHtml(madeOf)]),
    )
  );
}

function rows(values: Readonly<Record<string, string>>): string[][] {
  return Object.entries(values).map(([name, value]) => [escapeHtml(name), escapeHtml(value)]);
}

function aboutTheTexts(errata: readonly KnownErratum[]): string {
  return table(
    ['', 'The texts say', 'In truth'],
    errata
      .filter(({ frontPage }) => frontPage)
      .map(({ id, claim, truth }) => [`<b>${escapeHtml(id)}</b>`, `<i>${escapeHtml(claim)}</i>`, escapeHtml(truth)]),
  );
}

function timings({ timings: spent, durationMs }: RunFacts, exercises: readonly RecordedExercise[]): string[][] {
  const { busyMs, waitedMs } = longestWorker(exercises);
  const worker = {
    'busiest worker of exercises': busyMs,
    'of it waiting for the cluster': waitedMs,
  };
  return Object.entries({ ...spent, ...worker, 'whole run': durationMs }).map(([name, ms]) => [
    escapeHtml(name),
    seconds(ms),
  ]);
}
