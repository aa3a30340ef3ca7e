/** How likely a verdict is wrong where chance decides which of several answers a call gets. */

/**
 * The chance that of so many calls, each of which falls on something with the same chance, fewer than `least` or more
 * than `most` do (binomial distribution).
 */
export function chanceOutside(calls: number, share: number, least: number, most: number): number {
  let sum = 0;
  let logWays = 0;
  for (let count = 0; count <= calls; count += 1) {
    if (count > 0) logWays += Math.log(calls - count + 1) - Math.log(count);
    if (count < least || count > most)
      sum += Math.exp(logWays + count * Math.log(share) + (calls - count) * Math.log(1 - share));
  }
  return sum;
}

/** The chance that so many calls, spread evenly over some pods, leave at least one of the pods out. */
export function chanceOfLeavingOut(calls: number, pods: number): number {
  let sum = 0;
  let ways = 1;
  for (let out = 1; out < pods; out += 1) {
    ways = (ways * (pods - out + 1)) / out;
    sum += (out % 2 === 1 ? 1 : -1) * ways * ((pods - out) / pods) ** calls;
  }
  return sum;
}

/** The chance that so many calls, spread evenly over some pods, all fall on one and the same. */
export function chanceOfOnlyOne(calls: number, pods: number): number {
  return pods * (1 / pods) ** calls;
}

/** Calls, and how many of them failed. */
interface Failures {
  readonly calls: number;
  readonly failed: number;
}

/**
 * The chance that at least so many failures fall on the later of two times, if nothing but luck has shared them out:
 * all failures drawn from all calls (hypergeometric distribution).
 */
export function chanceOfClimb(earlier: Failures, later: Failures): number {
  const [calls, failed] = [earlier.calls + later.calls, earlier.failed + later.failed];
  const logFactorials = [0];
  for (let n = 1; n <= calls; n += 1) logFactorials.push((logFactorials[n - 1] ?? 0) + Math.log(n));
  const logChoose = (n: number, k: number) =>
    (logFactorials[n] ?? Number.NaN) - (logFactorials[k] ?? Number.NaN) - (logFactorials[n - k] ?? Number.NaN);
  let sum = 0;
  for (let count = later.failed; count <= Math.min(failed, later.calls); count += 1) {
    if (failed - count > earlier.calls) continue;
    sum += Math.exp(
      logChoose(later.calls, count) + logChoose(earlier.calls, failed - count) - logChoose(calls, failed),
    );
  }
  return sum;
}

/** A chance in words: `once in 16,000 runs`, `once in 3.7 million runs`, `once in 10^9 runs`; never more seldom than it is. */
export function onceIn(chance: number): string {
  // A hair more, so that 10^-9 is not one less than 10^9.
  const runs = (1 + 1e-9) / chance;
  if (runs >= 1e9) return `once in 10^${Math.floor(Math.log10(runs))} runs`;
  if (runs >= 1e7) return `once in ${Math.floor(runs / 1e6)} million runs`;
  if (runs >= 1e6) return `once in ${Math.floor(runs / 1e5) / 10} million runs`;
  const place = 10 ** Math.max(0, Math.floor(Math.log10(runs)) - 1);
  return `once in ${(Math.floor(runs / place) * place).toLocaleString('en')} runs`;
}
