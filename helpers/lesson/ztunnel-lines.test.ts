import { expect, test } from 'vitest';

import type { EventuallyOptions } from './eventually.ts';
import { refusedTo, ZtunnelLines } from './ztunnel-lines.ts';

const line = (from: string, error: string, to = 'backend-5d6', direction = 'inbound') =>
  `2026-11-30T05:00:00Z\terror\taccess\tconnection complete\tsrc.addr=${from}:50000 dst.addr=10.244.0.8:80 ` +
  `dst.workload="${to}" dst.namespace="shop" direction="${direction}"${error === '' ? '' : ` error="${error}"`}`;
const denied = 'connection closed due to policy rejection: allow policies exist, but none allowed';
const isRefused = refusedTo({ namespace: 'shop', workload: 'backend' }, 'none allowed');

/** A log that is there; `eventually` looks at it once. */
function reading(log: string) {
  const seen: { holds?: boolean; told?: string } = {};
  const cluster = {
    kubectl: async () => ({ stdout: log }),
    eventually: async (
      _says: string,
      _args: readonly string[],
      holds: (output: string) => boolean,
      _program?: string,
      { tell }: EventuallyOptions = {},
    ) => {
      Object.assign(seen, { holds: holds(log), told: tell?.(log) });
      return log;
    },
  };
  return { lines: new ZtunnelLines(cluster as never, '2026-11-30T05:00:00Z'), seen };
}

test('lines that fit are counted, and what is new is one more', async () => {
  const log = [line('10.244.0.7', denied), line('10.244.0.9', ''), line('10.244.0.7', denied)].join('\n');
  const { lines, seen } = reading(log);
  expect(await lines.count(isRefused)).toBe(2);
  await lines.tell('it is refused', isRefused, { before: 1 });
  expect(seen).toEqual({ holds: true, told: line('10.244.0.7', denied) });
  await lines.tell('it is refused', isRefused, { before: 2 });
  expect(seen.holds).toBe(false);
});

test.each([
  ['another reason', line('10.244.0.7', 'explicitly denied by: shop/deny')],
  ['no reason', line('10.244.0.7', '')],
  ['another pod', line('10.244.0.7', denied, 'frontend-5d6')],
  ['the side of the caller', line('10.244.0.7', denied, 'backend-5d6', 'outbound')],
])('%s is no such refusal', async (_what, log) => {
  expect(await reading(log).lines.count(isRefused)).toBe(0);
});
