/** What a run of the course tells that month: how it ended, what differs, what warned, and which disproofs still hold. */
import type { KnownErratum } from '../curriculum/curriculum.ts';
import type { RecordedExercise } from '../record/record.ts';
import { apiDrift, type Drift } from '../runs/drift.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { steady } from '../runs/volatile.ts';
import { counted, type Item } from './item.ts';

/** How many exercises of the run held. A part of the course is called one. */
export function suiteItem({ facts, only, exercises, leftovers }: RunRecord): Item {
  const of = (status: string) => exercises.filter((each) => each.status === status);
  const wrong = exercises.filter(({ status }) => status !== 'passed' && status !== 'skipped');
  const { Kubernetes = 'unknown', istiod = 'unknown' } = facts.versions;
  const part = only === '' ? '' : ` This is a part of the course: ${only}.`;
  const minutes = (facts.durationMs / 60_000).toFixed(1);
  return {
    title: 'Suite',
    state: wrong.length + leftovers.length > 0 || of('passed').length === 0 ? 'bad' : 'good',
    says: `${counted(exercises.length, 'exercise')} on Istio ${istiod}, Kubernetes ${Kubernetes}: ${of('passed').length} proven, ${wrong.length} not, ${of('skipped').length} skipped. ${minutes} min.${part}`,
    lines: [
      ...wrong.map(({ path, message, reason }) => `${path}: ${firstLine(message || reason)}`),
      ...leftovers,
      ...of('skipped').map(({ path, reason }) => `skipped: ${path}: ${firstLine(reason)}`),
    ],
  };
}

/** True if a lesson no longer holds as it did. One that came, that went, or that passes again has not drifted. */
function isRed({ kind, a, b }: Drift): boolean {
  if (kind === 'status') return a !== 'not there' && b !== 'not there' && !b.startsWith('passed');
  return kind === 'verdict' || kind === 'disproof';
}

/** What differs from the run before; undefined where there is none. */
export function driftItem(drifts: readonly Drift[] | undefined, file: string): Item {
  if (drifts === undefined) {
    return { title: 'Drift', state: 'unknown', says: 'There is no run to compare with.', lines: [] };
  }
  const kinds = [...Map.groupBy(drifts, ({ kind }) => kind)].map(([kind, all]) => `${kind} ${all.length}`);
  const says = drifts.length === 0 ? 'Nothing differs.' : `Differences: ${kinds.join(', ')}. All of them: ${file}`;
  return {
    title: 'Drift',
    state: drifts.some(isRed) ? 'bad' : drifts.length > 0 ? 'look' : 'good',
    says,
    lines: [...drifts.filter(isRed), ...drifts.filter((each) => !isRed(each))].map(driftLine),
  };
}

function driftLine({ path, kind, what, a, b }: Drift): string {
  if (kind !== 'status') return `${path}: ${kind}: ${firstLine(what)}`;
  if (a === 'not there') return `new: ${path}: ${firstLine(b)}`;
  return b === 'not there' ? `gone: ${path}` : `${path}: ${firstLine(a)} then, ${firstLine(b)} now`;
}

/** What programs and the API server warned of, and what of it is new since the run before. */
export function deprecationsItem(run: RunRecord, before: RunRecord | undefined): Item {
  const [now, then] = [warningsOf(run.exercises), warningsOf(before?.exercises ?? [])];
  const came = before === undefined ? [] : [...now].filter(([key]) => !then.has(key)).map(([, text]) => text);
  const went = [...then].filter(([key]) => !now.has(key)).map(([, text]) => text);
  const apis = apiDrift(before?.facts.deprecatedApis, run.facts.deprecatedApis);
  const newApis = apis.filter(({ b }) => b === 'asked for').map(({ what }) => what);
  const all = [...now.values(), ...(run.facts.deprecatedApis ?? []).map((api) => `deprecated API: ${api}`)];
  const compared = before === undefined ? 'nothing to compare with' : `${came.length + newApis.length} new`;
  return {
    title: 'Deprecations',
    state: before === undefined ? 'unknown' : came.length + newApis.length > 0 ? 'look' : 'good',
    says: `${counted(all.length, 'warning')}, ${compared}${went.length === 0 ? '' : `, ${went.length} gone`}.`,
    lines: [
      ...[...came, ...newApis].map((text) => `new: ${text}`),
      ...went.map((text) => `gone: ${text}`),
      ...all.filter((text) => !came.includes(text) && !newApis.includes(text)).map((text) => `as before: ${text}`),
    ],
  };
}

/** How a wrong claim stands after a run. */
export type DisproofState = 'shown' | 'no longer shown' | 'not judged';

/**
 * How each wrong claim stands: shown while every exercise that names it and ran has passed; not judged where all of them
 * were skipped, or none was run.
 */
export function disproofs(
  errata: readonly Pick<KnownErratum, 'id'>[],
  exercises: readonly RecordedExercise[],
): Map<string, DisproofState> {
  return new Map(
    errata.map(({ id }) => {
      const judged = exercises.filter(({ status, card }) => status !== 'skipped' && card?.errata?.includes(id));
      if (judged.length === 0) return [id, 'not judged'];
      return [id, judged.every(({ status }) => status === 'passed') ? 'shown' : 'no longer shown'];
    }),
  );
}

/** Which wrong claims are still shown to be wrong; one that no longer is may have become true, which a person decides. */
export function disproofsItem(errata: readonly KnownErratum[], run: RunRecord, before: RunRecord | undefined): Item {
  const now = disproofs(errata, run.exercises);
  const then = before === undefined ? now : disproofs(errata, before.exercises);
  const of = (state: DisproofState) => errata.filter(({ id }) => now.get(id) === state);
  const changed = errata.filter(({ id }) => now.get(id) !== then.get(id));
  const lost = of('no longer shown');
  const told = ({ id, claim }: KnownErratum) => `${id}: “${claim}”`;
  return {
    title: 'Disproofs',
    state: lost.length > 0 ? 'bad' : before === undefined ? 'unknown' : changed.length > 0 ? 'look' : 'good',
    says: `${counted(of('shown').length, 'wrong claim')} shown to be wrong, ${lost.length} no longer, ${of('not judged').length} not judged by an exercise of this run; ${before === undefined ? 'nothing to compare with' : `${changed.length} changed`}.`,
    lines: [
      ...lost.map((each) => `may hold now: ${told(each)}`),
      ...changed
        .filter((each) => !lost.includes(each))
        .map((each) => `${then.get(each.id)} then, ${now.get(each.id)} now: ${told(each)}`),
    ],
  };
}

function warningsOf(exercises: readonly Pick<RecordedExercise, 'warnings'>[]): Map<string, string> {
  return new Map(exercises.flatMap(({ warnings }) => warnings.map(({ text }) => [steady(text), text] as const)));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
