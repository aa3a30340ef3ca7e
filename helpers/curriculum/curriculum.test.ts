import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { type CapabilityName, withImplied } from '../record/capabilities.ts';
import { provenIds } from '../record/card.ts';
import { specsDir } from '../system/paths.ts';
import {
  type Assertion,
  assertionsOf,
  type Curriculum,
  curriculumFaults,
  placesOfErratum,
  readCurriculum,
} from './curriculum.ts';

const curriculum = await readCurriculum();
const specs = await Promise.all(
  (await Array.fromAsync(glob('**/*.spec.ts', { cwd: specsDir }))).map((file) =>
    readFile(join(specsDir, file), 'utf8'),
  ),
);
const text = specs.join('\n');

test('every assertion that a spec names is in the curriculum', () => {
  const known = new Set(assertionsOf(curriculum).map(({ id }) => id));
  const named = [...text.matchAll(/'((?:m\d|x)\.\w+(?:\.\w+)?)'/g)].map(([, id = '']) => id);
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});

test('every erratum that a spec names is in the list', () => {
  const known = new Set(curriculum.errata.map(({ id }) => id));
  const named = specs.flatMap((spec) => wordsOf(spec, 'errata'));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});

const row: Assertion = { id: 'm1.e1.a1', kind: ['positive'], needs: ['k8s'], errata: ['E1'], requires: 'It answers.' };

function curriculumOf(...assertions: Assertion[]): Curriculum {
  const exercise = { id: 'm1.e1', title: 'Names', learn: 'Names resolve.', needs: ['k8s'], assertions };
  return {
    modules: [{ module: 'm1', title: 'Foundation', folder: '01-foundation', exercises: [exercise] }],
    errata: [{ id: 'E1', evidence: ['run'], claim: 'It never answers.', truth: 'It does.' }],
    slogans: [],
    sources: [],
  };
}

test('a curriculum that fits together has no faults', () => {
  expect(curriculumFaults(curriculumOf(row))).toEqual([]);
});

test('an id that stands there twice is a fault', () => {
  expect(curriculumFaults(curriculumOf(row, row))).toEqual(['m1.e1.a1: stands there twice']);
});

test('an id under the wrong exercise is a fault', () => {
  expect(curriculumFaults(curriculumOf({ ...row, id: 'm1.e10.a1' }))).toEqual(['m1.e10.a1: does not belong to m1.e1']);
});

test('a kind, a capability or an erratum that is not known is a fault, and so is no kind', () => {
  const odd = { ...row, kind: ['maybe'], needs: ['luck'], errata: ['E1', 'E9'] } as unknown as Assertion;
  expect(curriculumFaults(curriculumOf(odd, { ...row, id: 'm1.e1.a2', kind: [] }))).toEqual([
    'm1.e1.a1: maybe is not known',
    'm1.e1.a2: is of no kind',
    'm1.e1.a1: luck is not known',
    'm1.e1.a1: E9 is not known',
  ]);
});

test('an assertion follows from those that are there, or from those of a module to come', () => {
  const following = (follows: string[]) => curriculumFaults(curriculumOf(row, { ...row, id: 'm1.e1.a2', follows }));
  expect(following(['m1.e1.a1', 'm8.e9.a3'])).toEqual([]);
  expect(following(['m1.e1.a9'])).toEqual(['m1.e1.a2: m1.e1.a9 is not known']);
});

test('an erratum that no exercise has to do with is a fault, unless it is for later or about the texts as a whole', () => {
  const alone = curriculumOf({ ...row, errata: [] });
  const erratum = { id: 'E1', evidence: ['run' as const], claim: '', truth: '' };
  expect(curriculumFaults(alone)).toEqual(['E1: no exercise has to do with it']);
  expect(curriculumFaults({ ...alone, errata: [{ ...erratum, frontPage: true }] })).toEqual([]);
  expect(curriculumFaults({ ...alone, errata: [{ ...erratum, later: 'm3.e4' }] })).toEqual([]);
});

test('an erratum that cites a source which is not listed is a fault', () => {
  const sound = curriculumOf(row);
  const errata = sound.errata.map((each) => ({ ...each, source: 'C1' }));
  expect(curriculumFaults({ ...sound, errata })).toEqual(['E1: C1 is not known']);
});

test('who tells an erratum is a listed source, or many', () => {
  const sound = curriculumOf(row);
  const [erratum] = sound.errata;
  const toldBy = (teller: string) => ({ ...sound, errata: [{ ...erratum!, toldBy: teller }] });
  expect(curriculumFaults(toldBy('many'))).toEqual([]);
  expect(curriculumFaults(toldBy('C1'))).toEqual(['E1: C1 is not known']);
});

test('an erratum is not put off to an exercise of a module that is there', () => {
  const sound = curriculumOf(row);
  const [erratum] = sound.errata;
  const later = { ...sound, errata: [{ ...erratum!, later: 'm1.e1' }] };
  expect(curriculumFaults(later)).toEqual(['E1: m1.e1 is not later']);
});

test('what a module has still to come is named by it, and is not there', () => {
  const sound = curriculumOf(row);
  const [erratum] = sound.errata;
  const put = (stillToCome: string[], later: string) =>
    curriculumFaults({
      ...sound,
      modules: sound.modules.map((module) => ({ ...module, stillToCome })),
      errata: [...sound.errata, { ...erratum!, id: 'E2', later }],
    });
  expect(put(['m1.e2', 'm1.e1.a9'], 'm1.e2')).toEqual([]);
  expect(put(['m1.e2', 'm1.e1.a9'], 'm1.e1.a9')).toEqual([]);
  expect(put(['m1.e20'], 'm1.e2')).toEqual(['E2: m1.e2 is not later']);
  expect(put(['m1.e1', 'm1.e1.a1', 'm2.e1'], 'm3.e1')).toEqual([
    'm1: m1.e1 is not still to come',
    'm1: m1.e1.a1 is not still to come',
    'm1: m2.e1 is not still to come',
  ]);
});

test('an erratum belongs to its assertions, and to the exercise only where no assertion has it', () => {
  const { modules } = curriculumOf({ ...row, errata: ['E1'] });
  const [module] = modules;
  const [exercise] = module?.exercises ?? [];
  if (module === undefined || exercise === undefined) throw new Error('no exercise');
  const both = { modules: [{ ...module, exercises: [{ ...exercise, errata: ['E1', 'E2'] }] }] };
  expect(placesOfErratum(both, 'E1')).toEqual(['m1.e1.a1']);
  expect(placesOfErratum(both, 'E2')).toEqual(['m1.e1']);
});

/** Words of a list on the card of a spec. */
function wordsOf(spec: string, field: string): string[] {
  const [, list = ''] = new RegExp(`${field}: \\[([^\\]]*)\\]`).exec(spec) ?? [];
  return Array.from(list.matchAll(/'([^']+)'/g), ([, word = '']) => word);
}

test('what a row needs, the exercises that prove it ask for: else it would count as proven without it', () => {
  const cards = specs.map((spec) => ({
    needs: [...withImplied(wordsOf(spec, 'needs') as CapabilityName[])],
    proves: provenIds(spec),
  }));
  // A calculation needs nothing, and Kubernetes is what everything else runs on.
  const always: ReadonlySet<string> = new Set(['calc', 'k8s']);
  const faults = assertionsOf(curriculum).flatMap(({ id, needs, follows }) => {
    const proving = cards.filter(({ proves }) => proves.includes(id));
    if (follows !== undefined || proving.length === 0) return [];
    const asked: ReadonlySet<string> = new Set(proving.flatMap((card) => card.needs));
    return needs.filter((need) => !always.has(need) && !asked.has(need)).map((need) => `${id} needs ${need}`);
  });
  expect(faults).toEqual([]);
});

test('no card leaves a field empty', () => {
  const empty = specs.flatMap((spec) => [...spec.matchAll(/^ {4}(\w+): (?:''|\[\]),$/gm)].map(([line]) => line));
  expect(empty).toEqual([]);
});
