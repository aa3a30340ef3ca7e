import { expect, test } from 'vitest';

import { exampleCards, exampleCurriculum, exampleRolePlay } from '../curriculum/examples.ts';
import { canBeWon } from '../curriculum/role-play.ts';
import { standingOf } from '../curriculum/standing.ts';
import { bearingOf, mostPoints, pointsOf, totalOf } from './role-play-score.ts';

const full = { trapped: false, fair: true, result: true, limit: true };
const ofRun =
  (...ids: string[]) =>
  (id: string) =>
    standingOf(id, exampleCurriculum, exampleCards, [{ page: 'p', claim: 'c', status: 'passed', reason: '', ids }]);
const [objection, later] = exampleRolePlay.objections;

test('a point for each part, and none after a trap', () => {
  expect(pointsOf(full)).toBe(3);
  expect(pointsOf({ ...full, result: false })).toBe(2);
  expect(pointsOf({ ...full, trapped: true })).toBe(0);
});

test('a lost point comes back, but no more than there are', () => {
  const score = { facts: 4, answers: Array.from({ length: 5 }, () => full), close: true, restored: false };
  expect(totalOf(score)).toEqual({ points: 20, traps: 0, won: 5, passed: true });
  expect(totalOf({ ...score, restored: true }).points).toBe(20);
  expect(totalOf({ ...score, facts: 3, restored: true }).points).toBe(20);
});

test('a pass needs points, no trap, and results', () => {
  const answers = (...results: boolean[]) =>
    results.map((result) => ({ trapped: false, fair: true, result, limit: true }));
  const score = (...results: boolean[]) => ({ facts: 4, answers: answers(...results), close: true, restored: false });
  expect(totalOf(score(true, true, true, false, false))).toMatchObject({ points: 18, won: 3, passed: true });
  expect(totalOf(score(true, true, false, false, false))).toMatchObject({ points: 17, won: 2, passed: false });
  const trapped = {
    ...score(true, true, true, true),
    answers: [...answers(true, true, true, true), { ...full, trapped: true }],
  };
  expect(totalOf(trapped)).toMatchObject({ points: 17, traps: 1, passed: false });
});

test('what no run proves cannot be won, and lowers what can be reached', () => {
  expect(canBeWon(objection!, ofRun('m1.e1.a1'))).toBe(true);
  expect(canBeWon(objection!, ofRun('m1.e1.a2'))).toBe(false);
  expect(canBeWon(later!, ofRun('m1.e1.a1'))).toBe(false);
  const both = { ...objection!, result: { says: 'They do.', provenBy: ['m1.e1.a1', 'm1.e1.a2'] } };
  expect(canBeWon(both, ofRun('m1.e1.a1'))).toBe(false);
  expect(canBeWon(both, ofRun('m1.e1.a1', 'm1.e1.a2'))).toBe(true);
  expect(mostPoints(exampleRolePlay, ofRun('m1.e1.a1', 'm1.e1.a2'))).toBe(19);
  expect(mostPoints(exampleRolePlay, ofRun('m1.e1.a1'))).toBe(14);
  expect(mostPoints(exampleRolePlay, ofRun())).toBe(10);
});

test('an id answers, belongs to the limits, is about something else, or proves nothing', () => {
  const bearing = (id: string) => bearingOf(id, objection!, ofRun('m1.e1.a1', 'm1.e1.a2'));
  expect(['m1.e1.a1', 'm1.e1.a2', 'm3.e4', 'm1.e9'].map(bearing)).toEqual(['bears', 'beside', 'nothing', 'nothing']);
  expect(bearingOf('m1.e1.a1', later!, ofRun('m1.e1.a1'))).toBe('elsewhere');
});
