/**
 * Characters to a line: as many as the terminal has, but no more than can be read at a glance.
 *
 * @param columns what the terminal says; some say 0, which means that they do not know
 */
export function screenWidth(columns: number | undefined): number {
  return columns === undefined || columns === 0 ? 100 : Math.min(columns, 120);
}
