/**
 * A drill for a person: make incident. Breaks something on the lab that is up, which only customers notice, and takes the
 * time until the right name is given; SEED=… draws the same fault again. Afterwards it shows five queries that would have
 * named it, repairs it, and takes everything back. With PRESENT=auto, or where no terminal is there, the queries find it
 * alone.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { type HiddenFault, type IncidentExercise, readIncidentExercise } from '../curriculum/incident-card.ts';
import { type Cluster, currentCluster } from '../kube/cluster.ts';
import { describeLab } from '../lab/describe-lab.ts';
import { lockLab } from '../lab/lock.ts';
import { useLab } from '../lab/use-lab.ts';
import { drawnOrder, drawSeed } from '../lesson/drawn-order.ts';
import { IncidentSite } from '../present/incident-site.ts';
import { type IncidentSearch, IncidentStage } from '../present/incident-stage.ts';
import { summaryOfIncident } from '../present/incident-summary.ts';
import { Lines } from '../present/lines.ts';
import { screenWidth } from '../present/screen-width.ts';
import { addProgress } from '../progress/progress.ts';
import { Stopped } from '../record/audience.ts';
import { missingCapabilities } from '../record/capabilities.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { fixturesDir, stateDir } from '../system/paths.ts';
import { command } from './command.ts';
import { say } from './say.ts';
import { given } from './variables.ts';

await command(async () => {
  const { SEED, PRESENT } = given('SEED', 'PRESENT');
  const seed = SEED === undefined ? drawSeed() : Number(SEED);
  const exercise = await readIncidentExercise(await readCurriculum());
  await mkdir(stateDir, { recursive: true });
  await lockLab();
  await useLab();
  const cluster = currentCluster();
  const fault = await drawnFault(exercise, cluster, seed);
  const isPlayed = process.stdin.isTTY && PRESENT !== 'auto';
  const person = isPlayed ? new Lines(process.stdin, process.stdout) : undefined;
  let signalled = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.removeAllListeners(signal).on(signal, () => {
      signalled = true;
      person?.end();
    });
  }
  const stopped = (): boolean => signalled || person?.ended === true;
  const site = await IncidentSite.on(cluster, join(fixturesDir, exercise.folder), stopped);
  const stage = new IncidentStage({
    exercise,
    fault,
    ground: site,
    say,
    ask: person && ((prompt) => person.ask(prompt)),
    now: () => performance.now(),
    width: screenWidth(process.stdout.columns),
  });
  let search: IncidentSearch | undefined;
  let failure: unknown;
  try {
    stage.open();
    say('The stage is being set; that takes about half a minute.');
    await site.deploy();
    const felt = await site.break(fault);
    search = await stage.search(felt);
    if (!search.stopped) {
      say('\nIt is repaired now.');
      const seconds = ((await site.repair(fault)) / 1000).toFixed(0);
      say(`${seconds} s later the five queries say healthy again.`);
    }
  } catch (error) {
    if (!(error instanceof Stopped) && !stopped()) failure = error;
  }
  say('\nEverything is being taken back.');
  // What could not even be seen may be left behind as well.
  const leftovers = await site.remove().catch((error: unknown) => [`It is not all taken back: ${String(error)}`]);
  const endedBefore = search?.stopped === true || stopped();
  person?.end();
  if (failure !== undefined) {
    for (const sentence of leftovers) say(sentence);
    throw failure;
  }
  if (isPlayed && search !== undefined && !endedBefore) {
    const { named, elapsedMs, guesses, hints } = search;
    await addProgress({ kind: 'drilled', date: new Date().toISOString(), named, elapsedMs, guesses, hints });
  }
  const { lines, exitCode } = summaryOfIncident({
    seed,
    ...(search ?? { played: isPlayed, named: false, queriesNamedIt: false, guesses: 0, hints: 0, elapsedMs: 0 }),
    stopped: endedBefore,
    leftovers,
  });
  for (const line of ['', ...lines]) say(line);
  return exitCode;
});

/** One of the faults that can be hidden on this cluster. @throws {EnvironmentProblem} if it lacks something for each */
async function drawnFault(exercise: IncidentExercise, cluster: Cluster, seed: number): Promise<HiddenFault> {
  const { networkPolicyEnforced, ours } = await describeLab(exercise.specs);
  const possible: HiddenFault[] = [];
  const reasons = new Set<string>();
  for (const each of exercise.faults) {
    const missing = await missingCapabilities(each.needs, {
      cluster,
      clusters: [cluster],
      networkPolicyEnforced,
      ours,
    });
    if (missing.length === 0) possible.push(each);
    for (const reason of missing) reasons.add(reason);
  }
  const [fault] = drawnOrder(possible, seed);
  if (fault !== undefined) return fault;
  throw new EnvironmentProblem(`nothing can be hidden here: ${[...reasons].join('; ')}`, 'make doctor');
}
