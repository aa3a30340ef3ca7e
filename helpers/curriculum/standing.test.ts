import { expect, test } from 'vitest';

import { exampleCards, exampleCurriculum } from './examples.ts';
import { assertionsAbout, idsIn, standingOf } from './standing.ts';

const passed = { page: 'page', claim: 'A Service', status: 'passed', reason: '', ids: ['m1.e1.a1'] };
const stands = (id: string, ids = ['m1.e1.a1']) =>
  standingOf(id, exampleCurriculum, exampleCards, [{ ...passed, ids }]);

test('ids are found in a sentence, each once', () => {
  expect(idsIn('Shut: M4.e7.a1, m4.e7.a1 and m1.ts.a3. Later x.23, and m3.')).toEqual([
    'm4.e7.a1',
    'm1.ts.a3',
    'x.23',
    'm3',
  ]);
  expect(idsIn('120 pods on 6 nodes at 25m each')).toEqual([]);
});

test('an id stands as the run left it', () => {
  expect(stands('m1.e1.a1')).toMatchObject({ state: 'proven', requires: 'It answers.', by: { claim: 'A Service' } });
  expect(stands('m1.e1.a2')).toMatchObject({ state: 'open', reason: 'no exercise of that run judged it' });
});

test('an id that rests on others stands as they do', () => {
  expect(stands('m1.e1.rq')).toMatchObject({ state: 'open', reason: 'rests on m1.e1.a2' });
  expect(stands('m1.e1.rq', ['m1.e1.a2'])).toMatchObject({ state: 'proven', reason: '' });
});

test('what is not taught yet is told from what nobody has heard of', () => {
  expect(stands('m3.e4.a2')).toMatchObject({ state: 'later', reason: 'Module 3 is not taught yet' });
  const modules = exampleCurriculum.modules.map((module) => ({ ...module, stillToCome: ['m1.e9'] }));
  expect(standingOf('m1.e9.a1', { modules }, exampleCards, [])).toMatchObject({
    state: 'later',
    reason: 'this part of Module 1 is not taught yet',
  });
  expect(stands('x.23')).toMatchObject({ state: 'later', reason: 'no module takes it up yet' });
  expect(stands('m1.e9.a1')).toMatchObject({ state: 'unknown', reason: 'the curriculum has no such assertion' });
  expect(stands('m1.e1')).toMatchObject({ state: 'unknown', reason: 'name one of its assertions, such as m1.e1.a1' });
});

test('assertions are found by their exercise or by words, without those that nobody asserts', () => {
  expect(assertionsAbout('m1.e1', exampleCurriculum)).toEqual(['m1.e1.a1', 'm1.e1.a2']);
  expect(assertionsAbout('IT answers', exampleCurriculum)).toEqual(['m1.e1.a1', 'm1.e1.a2']);
  expect(assertionsAbout('waits', exampleCurriculum)).toEqual([]);
  expect(assertionsAbout(' ', exampleCurriculum)).toEqual([]);
});
