const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** Longer is a mistake in the unit rather than a wish. */
const longestMs = 600_000;

/**
 * Reads `300ms`, `1.5s`, `2m` or `0`.
 *
 * @returns milliseconds; undefined for anything else, below zero and above ten minutes included
 */
export function durationMs(text: string): number | undefined {
  if (text === '0') return 0;
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? Number.NaN);
  return ms <= longestMs ? ms : undefined;
}
