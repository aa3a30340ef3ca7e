import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { exampleCards, exampleCurriculum, exampleRolePlay } from '../curriculum/examples.ts';
import { exampleCard, exampleExercise, exampleFacts, exampleObservation } from '../record/examples.ts';
import { totalOf } from './role-play-score.ts';
import { RolePlayStage } from './role-play-stage.ts';

const card = { ...exampleCard, proves: ['m1.e1.a1', 'm1.e1.a2'] };

/** What a person types, or nobody; and how the exercise behind the results ended. */
async function played(typed: readonly string[] | undefined, status = 'passed', rolePlay = exampleRolePlay) {
  const shown: string[] = [];
  const left = [...(typed ?? [])];
  const exercise = { ...exampleExercise, status, card, observations: [exampleObservation] };
  const stage = new RolePlayStage({
    rolePlay,
    curriculum: exampleCurriculum,
    cards: exampleCards,
    run: { facts: exampleFacts, commit: 'e5f115c', only: '', exercises: [exercise], leftovers: [] },
    say: (line) => shown.push(stripVTControlCharacters(line)),
    ask:
      typed &&
      (async (prompt) => {
        shown.push(stripVTControlCharacters(prompt));
        return left.shift();
      }),
    drawn: (inquiries) => inquiries,
    width: 100,
  });
  const ended = await stage.play();
  return { ended, text: shown.join('\n'), left };
}

const asked = ['1', '2', '3', '4'];
const good = ['They resolve, says m1.e1.a1.', 'y', 'y', 'y'];
const withoutResult = ['Nothing is proven on that yet.', 'y', 'y'];
const whole = [...asked, ...good, ...withoutResult, ...good, ...good, ...good, 'A date, please.', 'y', 'y'];

test('a good talk is a pass, and says which run the evidence is of', async () => {
  const { ended, text, left } = await played(whole);
  expect(left).toEqual([]);
  expect(totalOf(ended!.score)).toEqual({ points: 20, traps: 0, won: 4, passed: true });
  expect(ended?.used).toEqual(['m1.e1.a1']);
  expect(text).toContain('Evidence is taken from the run of 21 November 2026, k3s');
  expect(text).toMatch(/m1\.e1\.a1 +PROVEN, and it bears on this\./);
  expect(text).toMatch(/An answer to the whole: their case[^]*To ask yourself[^]*What did you trust\?/);
});

test('what is not taught yet says so, and its point is not to be had', async () => {
  const { text, ended } = await played(whole);
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'This one cannot be won, because not all that would answer it is proven (m3.e3: Module 3 is not taught yet). Say so.',
  );
  expect(ended?.score.answers[1]).toEqual({ trapped: false, fair: true, result: false, limit: true });
});

test('a result of which a half is proven is not won by naming that half', async () => {
  const objections = exampleRolePlay.objections.map((each, index) =>
    index === 0 ? { ...each, result: { ...each.result, provenBy: ['m1.e1.a1', 'm1.e1.a3'] } } : each,
  );
  const half = good.slice(0, -1);
  const { text, ended } = await played(
    [...asked, ...half, ...withoutResult, ...good, ...good, ...good, 'So.', 'y', 'n'],
    'passed',
    { ...exampleRolePlay, objections },
  );
  expect(text.replaceAll(/\s+/g, ' ')).toContain('(m1.e1.a3: the curriculum has no such assertion)');
  expect(text).toContain('No point: that run does not prove all of it.');
  expect(ended?.score.answers[0]).toEqual({ trapped: false, fair: true, result: false, limit: true });
});

test('what the run does not prove wins nothing, whatever the player says', async () => {
  const bad = ['They resolve, says m1.e1.a1.', 'y', 'y'];
  const { ended, text } = await played(
    [...asked, ...bad, ...bad, ...bad, ...bad, ...bad, 'A date.', 'y', 'n'],
    'failed',
  );
  expect(totalOf(ended!.score)).toMatchObject({ won: 0, passed: false });
  expect(text).toContain('10 of them with what that run');
  expect(text).toMatch(/m1\.e1\.a1 +NOT PROVEN, failed\. Nothing can be won with it\./);
  expect(text).toContain('You named m1.e1.a1. Did you say that it is not proven?');
});

test('whoever names no result is asked for one, and may still give it', async () => {
  const late = ['They do resolve quickly.', 'm1.e1.a1', 'We asked for each of them.', 'y', 'y', 'y'];
  const { text, ended } = await played([
    ...asked,
    ...late,
    ...withoutResult,
    ...good,
    ...good,
    ...good,
    'So.',
    'y',
    'n',
  ]);
  expect(text).toContain('“And which result says so?”');
  expect(text).toMatch(/m1\.e1\.a1 +PROVEN\n +It answers\.[^]*attacker → backend +GET \/ +✓ let through +HTTP 200/);
  expect(ended?.score.answers[0]?.result).toBe(true);
});

test('words that sound like the trap are named with the truth, and lose the objection if they were meant', async () => {
  const slip = 'It always waits, says m1.e1.a1.';
  const meant = await played([...asked, slip, 'y', ...withoutResult, ...good, ...good, ...good, 'So.', 'n', 'n']);
  expect(meant.text).toMatch(/You said “waits”\. E1: It does not\.\n.*Did you claim that\?[^]*SHOWN They resolve\./);
  expect(totalOf(meant.ended!.score)).toMatchObject({ traps: 1, passed: false });
  const denied = await played([
    ...asked,
    slip,
    'n',
    'y',
    'y',
    'y',
    ...withoutResult,
    ...good,
    ...good,
    ...good,
    'So.',
    'y',
    'n',
  ]);
  expect(totalOf(denied.ended!.score)).toMatchObject({ traps: 0, points: 19 });
});

test('a number that is none, and one that was asked, cost no question', async () => {
  const { text, ended } = await played(['1', '1', '9', 'x', '5', '6', '7', ...whole.slice(4)]);
  expect(text).toContain('You asked that.');
  expect(text).toContain('Type a number of the list');
  expect(ended?.score.facts).toBe(1);
});

test('hints, words to look for and a slip of the fingers do not end an objection; a pass does', async () => {
  const { text, ended } = await played([
    ...asked,
    'hnt',
    'h',
    'evidence answers',
    'evidence nowhere',
    'p',
    ...withoutResult,
    ...good,
    ...good,
    ...good,
    'So.',
    'y',
    'n',
  ]);
  expect(text).toMatch(
    /TYPE {2}your answer[^]*HINT {2}Who answers\?[^]*✓\u00a0m1\.e1\.a1 +It answers\.[^]*nothing in the curric/,
  );
  expect(text).toContain('It would have borne on it: m1.e1.a1 It answers.');
  expect(ended?.score.answers[0]).toEqual({ trapped: false, fair: false, result: false, limit: false });
});

test('whoever ends it before gets no score', async () => {
  expect((await played([])).ended).toBeUndefined();
  expect((await played([...asked, 'q'])).ended).toBeUndefined();
  expect((await played([...asked, 'They resolve, m1.e1.a1.', 'q'])).ended).toBeUndefined();
});

test('where nobody is there all of it is read out', async () => {
  const { ended, text } = await played(undefined);
  expect(ended).toBeUndefined();
  expect(text).toMatch(
    /FAIR[^]*SHOWN They resolve\. \[✓\u00a0m1\.e1\.a1\][^]*TRAP {2}Never: “It always waits\.” E1: It does not\./,
  );
});
