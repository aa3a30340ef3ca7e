/** Of how many calls, and within which bounds, a share of them is expected. */
export interface ShareOfCalls {
  readonly calls: number;
  readonly least: number;
  readonly most: number;
}

/**
 * True of counts by kind where the first kind has a share of the calls within the bounds, and the second all the rest.
 *
 * @param kind e.g. `500 v3`, as `byStatusAndVersion` counts
 */
export function isShared(
  kind: string,
  rest: string,
  { calls, least, most }: ShareOfCalls,
): (seen: Readonly<Record<string, number>>) => boolean {
  return ({ [kind]: share = 0, [rest]: others = 0 }) => share + others === calls && share >= least && share <= most;
}
