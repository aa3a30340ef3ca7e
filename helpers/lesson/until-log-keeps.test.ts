import { expect, test } from 'vitest';

import type { LessonCluster } from './lesson-cluster.ts';
import { untilLogKeeps } from './until-log-keeps.ts';

/** A log that keeps all calls at first, and from its second look on those alone that are to be kept. */
async function told(filters: boolean): Promise<string | undefined> {
  const log: string[] = [];
  let looks = 0;
  const cluster: Pick<LessonCluster, 'eventually'> = {
    eventually: async (_says, _args, holds, _program, options) => {
      for (looks = 1; looks <= 3; looks += 1) {
        await options?.beforeEachLook?.();
        const output = log.join('\n');
        if (holds(output)) return options?.tell?.(output) ?? '';
      }
      throw new Error('not seen');
    },
  };
  let seen: string | undefined;
  const eventually: LessonCluster['eventually'] = async (...args) => (seen = await cluster.eventually(...args));
  await untilLogKeeps({ eventually }, 'the filter is in force', ['logs'], {
    prefix: 'errors',
    leftOut: async (mark) => (filters && looks > 1 ? undefined : log.push(mark)),
    kept: async (mark) => log.push(mark),
    linesOf: (output) => output.split('\n').map((mark) => ({ mark, text: `line of ${mark}` })),
  }).catch(() => undefined);
  return seen;
}

test('a pair of which the log has the second call alone is what shows it', async () => {
  expect(await told(true)).toBe('line of errors-kept-2');
});

test('a log that keeps everything shows nothing', async () => {
  expect(await told(false)).toBeUndefined();
});
