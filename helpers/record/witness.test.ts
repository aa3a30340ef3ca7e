import { expect, test } from 'vitest';

import { exampleExercise, exampleObservation } from './examples.ts';
import { decidingWitnesses, witnesses } from './witness.ts';

const commands = ['before', 'before frontend', 'after', 'log'].map((typed) => ({
  step: typed.startsWith('before') ? 'Before' : 'After',
  command: typed,
  typed: typed === 'before' || typed === 'after' ? 'curl backend' : typed,
  exitCode: 0,
  shown: [`output of ${typed}`],
}));
const call = { ...exampleObservation, command: 0 };
const frontend = { ...call, caller: 'frontend', command: 1 };
const refused = { ...call, step: 'After', verdict: 'blocked', signature: 'no answer (curl 28)', command: 2 } as const;
const finding = { step: 'After', claim: 'the log has no line of the attacker', evidence: 'output of log' };
const exercise = {
  ...exampleExercise,
  commands,
  observations: [call, frontend, refused],
  findings: [finding, { ...finding, claim: 'done again', superseded: true as const }],
};
const wanted = { requires: 'The attacker is refused at the backend.', kind: ['negative'] };

test('what was seen is in the order of the commands that showed it, without what was done again', () => {
  expect(witnesses(exercise).map(({ words, command }) => [words, command?.command])).toEqual([
    ['attacker → backend, GET /', 'before'],
    ['frontend → backend, GET /', 'before frontend'],
    ['attacker → backend, GET /', 'after'],
    ['the log has no line of the attacker', 'log'],
  ]);
});

test('a refusal is decided by the refused call, and by the same call when it was let through', () => {
  const { shown, beside } = decidingWitnesses(exercise, wanted) ?? {};
  expect(shown).toMatchObject({ step: 'After', ending: { verdict: 'blocked' }, command: { command: 'after' } });
  expect(beside).toMatchObject({ step: 'Before', ending: { verdict: 'allowed' }, command: { command: 'before' } });
});

test('without the same call a refusal stands beside one that was let through', () => {
  const { beside } = decidingWitnesses({ ...exercise, observations: [frontend, refused] }, wanted) ?? {};
  expect(beside).toMatchObject({ words: 'frontend → backend, GET /' });
});

test('what is seen in the named steps decides, by the words that it shares with the claim', () => {
  const log = { requires: 'The log has no line of it.', kind: ['positive'] };
  expect(decidingWitnesses(exercise, log)?.shown.words).toBe('the log has no line of the attacker');
  expect(decidingWitnesses(exercise, { ...log, steps: ['Before'] })?.shown.step).toBe('Before');
  expect(decidingWitnesses(exampleExercise, log)).toBeUndefined();
});

test('the record says which command printed a finding; an older one is asked for its output', () => {
  const found = (told: object) => witnesses({ ...exercise, observations: [], findings: [{ ...finding, ...told }] })[0];
  expect(found({ command: 2, printed: false })).toMatchObject({ command: { command: 'after' }, printed: false });
  expect(found({})).toMatchObject({ command: { command: 'log' }, printed: true });
  expect(found({ evidence: 'counted by nobody' })).toMatchObject({ printed: false });
  expect(found({ evidence: 'counted by nobody' })?.command).toBeUndefined();
});
