import { expect, test } from 'vitest';

import { costSince, costSoFar, readStat } from './cost.ts';
import { run } from './program.ts';

test.runIf(process.platform === 'linux')(
  'a program that was started is counted, with the processor time that it took',
  async () => {
    const before = costSoFar();
    await run('bash', ['-c', 'end=$((SECONDS + 1)); while [ $SECONDS -lt $end ]; do :; done']);
    const cost = costSince(before);
    expect(cost.programs).toBe(1);
    expect(cost.programsCpuMs).toBeGreaterThan(0);
  },
);

test('times are read whatever the name of a program holds', () => {
  const stat = '7 (a) b) S 4 7 7 0 -1 4194560 1 2 0 0 10 5 9 6964 20 0 1 0 3223385';
  expect(readStat(stat)).toEqual({ name: 'a) b', parent: 4, ownMs: 150, endedChildrenMs: 69_730 });
});
