import { expect, test } from 'vitest';

import { exampleCurriculum, exampleDemo } from '../curriculum/examples.ts';
import type { Told } from '../record/audience.ts';
import { exampleExercise, exampleFacts, exampleObservation as call } from '../record/examples.ts';
import type { GreenRun } from '../runs/last-green.ts';
import { DemoStage } from './demo-stage.ts';
import type { demoKeys, WishOf } from './keys.ts';

type Wish = WishOf<typeof demoKeys>;

const [before, after] = exampleDemo.beats.map(({ step }) => step) as [string, string];
const refused = { ...call, verdict: 'blocked', signature: 'no answer (curl 28)' } as const;
const failure =
  "Expected that attacker's GET / to backend is blocked, 5 times, within 30 s.\nAfter 9 attempts it did not; the last one: HTTP 200.";

/** A run in which both steps held. */
const recording: GreenRun = {
  facts: { ...exampleFacts, versions: { Kubernetes: 'v1.36.3', istiod: '1.31.1' } },
  commit: 'e5f115c',
  exercise: {
    ...exampleExercise,
    observations: [
      { ...call, step: before },
      { ...refused, step: after },
      { ...refused, step: after },
    ],
    findings: [{ step: after, claim: 'the policy is in force', evidence: 'yes' }],
    commands: [{ step: after, command: '', typed: 'kubectl apply -f fixtures/x/20-names.yaml', exitCode: 0 }],
  },
};

/** A stage with a presenter who presses these keys, or at a rehearsal; each line that is told takes ten seconds. */
function staged(keys: readonly Wish[] | 'rehearsal', recorded: GreenRun | 'none' = recording) {
  const lines: string[] = [];
  const pressed = keys === 'rehearsal' ? [] : [...keys];
  let seconds = 1000;
  const stage = new DemoStage({
    demo: exampleDemo,
    curriculum: exampleCurriculum,
    recording: recorded === 'none' ? undefined : recorded,
    ground: 'Kubernetes v1.36.3.',
    say: (line) => lines.push(line),
    wish: keys === 'rehearsal' ? undefined : async () => pressed.shift() ?? 'quit',
    now: () => seconds * 1000,
    width: 80,
  });
  const tell = async (...told: Told[]): Promise<boolean[]> => {
    const answers: boolean[] = [];
    for (const line of told) {
      seconds += 10;
      answers.push(await stage.show(line));
    }
    return answers;
  };
  return { stage, lines, tell, pressed };
}

const setup: Told = { kind: 'before', typed: 'kubectl apply -f fixtures/x/10-setup.yaml', expected: '', goesOn: false };
const change: Told = { ...setup, typed: 'kubectl apply -f fixtures/x/20-names.yaml' };
const look: Told = { ...setup, typed: 'kubectl get pods' };
const step = (title: string): Told => ({ kind: 'step', title });
const called = (seen: typeof call): Told => ({ kind: 'called', call: seen });
const held: Told = { kind: 'held' };
const failed: Told = { kind: 'failed', message: failure };
const whole = [setup, step(before), called(call), held, step(after), change, called(refused), held];
const passed = { state: 'passed', reason: '', stopped: false, leftovers: [] } as const;

test('an exercise is shown beat by beat, with words, calls and ids, and against the clock', async () => {
  const { stage, lines, tell } = staged(['next', 'next', 'next']);
  const found: Told = { kind: 'found', sentence: 'the policy is in force', evidence: 'yes', figures: 'refused: 5' };
  expect(await tell(...whole.slice(0, 6), look, called(refused), called(refused), found, held)).not.toContain(false);
  expect(stage.conclude(passed)).toBe(0);
  expect(lines).toEqual([
    '      The stage is being set: $ kubectl apply -f 10-setup.yaml',
    'STAGE A caller and a server. Kubernetes v1.36.3.',
    '      Where a step fails, the run of 21 November 2026 can be shown.',
    '      Enter goes on · n notes · q ends it and takes everything away',
    '      The clock starts with Enter: 2:30',
    '',
    "── 1 of 2  Before: nobody's name is known ──────────────────── 0:00  budget 1:00",
    'SAY   Names resolve.',
    '      Names are good.',
    'ASK   Who answers?',
    '      Enter',
    '      attacker → backend       GET /      ✓ let through  HTTP 200',
    'SHOW  m1.e1.a1  It answers.',
    '',
    '── 2 of 2  After: it is ────────────────────────────────────── 0:30  budget 1:00',
    'SAY   Names resolve.',
    '      Names are good.',
    'ASK   Who answers?',
    '      Enter',
    '      $ kubectl apply -f 20-names.yaml',
    '      attacker → backend       GET /      ✕ refused      no answer (curl 28)',
    '      ✓ the policy is in force',
    '        refused: 5',
    'SHOW  m1.e1.a1  It answers.',
    'MORE  m1.e1.a2',
    '',
    'Done in 1:30 of 2:30. Live 2 of 2 beats. Everything is taken back.',
  ]);
});

test('setting the stage costs no time, however long it takes', async () => {
  const { lines, tell } = staged(['next', 'next']);
  await tell(...Array.from({ length: 50 }, () => look), step(before));
  expect(lines.join('\n')).toContain('0:00  budget 1:00');
});

test('notes are shown as often as they are wanted, and what was answered is among them', async () => {
  const { lines, tell, pressed } = staged(['notes', 'next', 'notes', 'notes', 'next']);
  await tell(setup, step(before));
  expect(pressed).toEqual([]);
  expect(lines.filter((line) => line.startsWith('NOTE'))).toEqual([
    'NOTE  Never say: It always waits.',
    'NOTE  Never say: It waits for <all>.',
    'NOTE  Wait for an answer.',
    'NOTE  Wait for an answer.',
  ]);
  expect(lines).toContain('      What they may answer: Most say: the first one.');
});

test.each([[['quit']], [['next', 'quit']]] as const)('%j ends the exercise where it is', async (keys) => {
  const { stage, lines, tell } = staged(keys);
  expect(await tell(step(before))).toEqual([false]);
  expect(stage.conclude({ ...passed, state: 'failed', stopped: true })).toBe(130);
  expect(lines.at(-1)).toBe('Ended before the end, at 0:00. Everything is taken back.');
});

test('a failure is two lines; the same step is shown as it was recorded, and the rest live', async () => {
  const { stage, lines, tell } = staged(['next', 'next', 'recorded', 'next']);
  expect(await tell(step(before), called(call), failed, step(after), called(refused), held)).not.toContain(false);
  expect(stage.conclude({ ...passed, state: 'failed', reason: 'Expected that …' })).toBe(1);
  const from = lines.indexOf('      Enter') + 1;
  expect(lines.slice(from, from + 10)).toEqual([
    '      attacker → backend       GET /      ✓ let through  HTTP 200',
    "      !! expected: attacker's GET / to backend is blocked, 5 times, within 30 s",
    '      !! seen:     HTTP 200',
    '      r again from the start · e this step as it was recorded · n notes · q ends it and takes everything away',
    '      RECORDED 21 November 2026, k3s, Kubernetes v1.36.3, istiod 1.31.1, commit e5f115c',
    '      attacker → backend       GET /      ✓ let through  HTTP 200',
    'SAY   This was a recording of 21 November 2026, and not this cluster. I will',
    '      send you a live run.',
    'SHOW  m1.e1.a1  It answers.',
    '',
  ]);
  expect(lines.at(-1)).toBe(
    'Done in 0:50 of 2:30. Live 1 of 2 beats, 1 recorded: not a full proof. Everything is taken back.',
  );
});

test('a recorded step has its change, its calls and its findings, each once', async () => {
  const { lines, tell } = staged(['next', 'next', 'next', 'recorded']);
  await tell(step(before), held, step(after), failed);
  const from = lines.findIndex((line) => line.includes('RECORDED'));
  expect(lines.slice(from + 1, from + 4)).toEqual([
    '      $ kubectl apply -f 20-names.yaml',
    '      attacker → backend       GET /      ✕ refused      no answer (curl 28)',
    '      ✓ the policy is in force',
  ]);
});

test('the presenter may begin again from the start, which is not the end', async () => {
  const { stage, lines, tell } = staged(['next', 'next', 'notes', 'again']);
  expect(await tell(step(before), failed)).toEqual([true, false]);
  expect(stage.again).toBe(true);
  await stage.brokeOff('Expected that …');
  expect(lines.at(-1)).toBe('      Everything is taken back, and then it begins again.');
});

test('without a run in which it held there is nothing to play', async () => {
  const never = staged(['next', 'next', 'recorded', 'quit'], { ...recording, exercise: exampleExercise });
  expect(await never.tell(step(before), failed)).toEqual([true, false]);
  expect(never.pressed).toEqual([]);
  expect(never.lines.join('\n')).not.toContain('RECORDED');
  expect(never.lines.at(-1)).toContain('so there is no e');
  const nothing = staged(['next', 'next', 'recorded', 'quit'], 'none');
  expect(await nothing.tell(step(before), failed)).toEqual([true, false]);
  expect(nothing.lines).toContain(
    '      Nothing is kept to show where a step fails; make course ONLY=01-foundation/01-names/01-resolve keeps a run.',
  );
});

test('where the exercise breaks off between steps, or before the first, the rest can be played', async () => {
  const { stage, lines, tell } = staged(['recorded', 'next', 'next']);
  await tell(setup);
  await stage.brokeOff('kubectl apply exited with 1');
  expect(lines.slice(1, 3)).toEqual([
    "      !! expected: the step “Before: nobody's name is known” begins",
    '      !! seen:     kubectl apply exited with 1',
  ]);
  expect(stage.conclude({ ...passed, state: 'failed', reason: 'kubectl apply exited with 1' })).toBe(1);
  expect(lines.at(-1)).toContain('Live 0 of 2 beats, 2 recorded: not a full proof.');
});

test('a rehearsal has no stops, and says how long each beat took', async () => {
  const { stage, lines, tell } = staged('rehearsal');
  expect(await tell(...whole)).not.toContain(false);
  expect(stage.conclude(passed)).toBe(0);
  expect(lines.filter((line) => line.startsWith('TIME'))).toEqual(['TIME  20.0 s of 60 s', 'TIME  30.0 s of 60 s']);
  expect(lines).not.toContain('      Enter');
});

test('a rehearsal that takes too long is red; a presenter who does is only told', async () => {
  const slow = Array.from({ length: 10 }, () => look);
  const rehearsed = staged('rehearsal');
  await rehearsed.tell(step(before), ...slow, held, step(after), ...slow, held);
  expect(rehearsed.lines.filter((line) => line.startsWith('TIME'))).toEqual([
    'TIME  110.0 s of 60 s, over its budget',
    'TIME  110.0 s of 60 s, over its budget',
  ]);
  expect(rehearsed.stage.conclude(passed)).toBe(1);
  expect(rehearsed.lines.at(-1)).toBe('It took 80.0 s more than its limit.');
  const presented = staged(['next', 'next', 'next']);
  await presented.tell(step(before), ...slow, held, step(after), ...slow, held);
  expect(presented.stage.conclude(passed)).toBe(0);
  expect(presented.lines.at(-1)).toBe('It took 80.0 s more than its limit.');
});

test('a rehearsal ends with the first failure, and nothing recorded stands in for it', async () => {
  const { stage, lines, tell } = staged('rehearsal');
  expect(await tell(step(before), failed)).toEqual([true, false]);
  expect(stage.conclude({ ...passed, state: 'failed', reason: 'Expected that …' })).toBe(1);
  expect(lines.join('\n')).not.toContain('RECORDED');
  expect(lines.at(-1)).toContain('Live 0 of 2 beats, 2 not shown: not a full proof.');
});

test('what a step tells that no beat is for is not counted', async () => {
  const { stage, tell } = staged('rehearsal');
  await tell(step(before), held, step('Another'), called(call), held, step(after), held, called(call));
  expect(stage.conclude(passed)).toBe(0);
});
