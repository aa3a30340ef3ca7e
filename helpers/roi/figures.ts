/** How figures are rounded and written: money in whole dollars, percentages half up to one decimal. */

/** Smaller than any real difference here, larger than what binary fractions get wrong: 0.285 must round up to 0.29. */
const binaryError = 1e-9;

/** Rounds half up, also below zero: -0.25 to one decimal is -0.2. */
export function halfUp(value: number, decimals = 0): number {
  const scale = 10 ** decimals;
  return Math.floor(value * scale + 0.5 + binaryError) / scale;
}

/**
 * Share of a whole in percent, half up to 0.1.
 *
 * @throws {RangeError} if the whole is not above zero: a share of nothing has no value
 */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0) throw new RangeError(`no share of ${whole} can be given`);
  return halfUp((part * 100) / whole, 1);
}

/** By how much `after` is below `before`, in percent of `before`. */
export function reductionPercent(before: number, after: number): number {
  return percentOf(before - after, before);
}

/** `$177,250`, `-$4,000`. */
export function money(dollars: number): string {
  return `${dollars < 0 ? '-' : ''}$${count(Math.abs(halfUp(dollars)))}`;
}

/** `65.2 %`, `1,009.8 %`. */
export function percent(value: number): string {
  return `${value.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })} %`;
}

/** `2,400`, `0.5`. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
