import { expect, test } from 'vitest';

import { summaryOf } from './demo-summary.ts';

const tally = { beats: 5, live: 5, recorded: 0, elapsedMs: 242_000, limitMs: 300_000, rehearsal: false };
const end = { state: 'passed', reason: '', stopped: false, leftovers: [] } as const;

test('everything live is 0', () => {
  expect(summaryOf(tally, end)).toEqual({
    lines: ['Done in 4:02 of 5:00. Live 5 of 5 beats. Everything is taken back.'],
    exitCode: 0,
  });
});

test('a lab that lacks something is 3, with what it lacks', () => {
  expect(summaryOf({ ...tally, live: 0 }, { ...end, state: 'skipped', reason: 'needs pcap: none' })).toEqual({
    lines: ['It cannot be shown here: needs pcap: none'],
    exitCode: 3,
  });
});

test('what fails after the last beat is told, and then nothing is said to be taken back', () => {
  expect(summaryOf(tally, { ...end, state: 'failed', reason: 'Cleanup is incomplete' })).toEqual({
    lines: ['✕ Cleanup is incomplete', 'Done in 4:02 of 5:00. Live 5 of 5 beats: not a full proof.'],
    exitCode: 1,
  });
});

test('leftovers are told however it ended, and are a failure', () => {
  const leftovers = ['Namespace shop was deleted, and is still there.'];
  expect(summaryOf(tally, { ...end, leftovers })).toEqual({
    lines: [`Done in 4:02 of 5:00. Live 5 of 5 beats: not a full proof. ${leftovers[0]}`],
    exitCode: 1,
  });
  expect(summaryOf(tally, { ...end, stopped: true, leftovers }).exitCode).toBe(1);
});
