/**
 * How likely two shares differ so much, or more, although both runs draw from the same: Fisher's exact test, two-sided.
 * https://en.wikipedia.org/wiki/Fisher%27s_exact_test
 *
 * @param a how many of how many in one run
 * @param b the same in the other
 */
export function chanceOf(a: readonly [number, number], b: readonly [number, number]): number {
  const [hits, all] = [a[0] + b[0], a[1] + b[1]];
  const least = Math.max(0, hits - b[1]);
  const most = Math.min(hits, a[1]);
  const logTotal = logChoose(all, hits);
  const log = (inA: number) => logChoose(a[1], inA) + logChoose(b[1], hits - inA) - logTotal;
  const seen = log(a[0]);
  let sum = 0;
  for (let inA = least; inA <= most; inA += 1) {
    const each = log(inA);
    // Tables as likely as the one that was seen count; a rounding error must not leave them out.
    if (each <= seen + 1e-7) sum += Math.exp(each);
  }
  return Math.min(1, sum);
}

/** Natural logarithm of the number of ways to choose `some` of `all`. */
export function logChoose(all: number, some: number): number {
  return logFactorial(all) - logFactorial(some) - logFactorial(all - some);
}

const logFactorials = [0];

function logFactorial(n: number): number {
  for (let next = logFactorials.length; next <= n; next += 1) {
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  }
  return logFactorials[n] ?? 0;
}
