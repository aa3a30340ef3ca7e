/**
 * The smallest of the values that at least `percent` per cent of them do not exceed (nearest rank), e.g.
 * `percentile(seconds, 99)`. https://en.wikipedia.org/wiki/Percentile
 *
 * @throws {RangeError} if there are no values
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (found === undefined) throw new RangeError('a percentile of no values');
  return found;
}
