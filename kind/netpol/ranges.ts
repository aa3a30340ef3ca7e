/** Whole numbers from first to last, both included: IPv4 addresses or ports. */
export type Range = readonly [first: number, last: number];

/** The same numbers in as few ranges as possible, sorted: nft 1.0 refuses a set whose intervals overlap. */
export function merged(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** What is left of a range when others are cut out of it. */
export function without([first, last]: Range, holes: readonly Range[]): Range[] {
  const left: Range[] = [];
  let from = first;
  for (const [holeFirst, holeLast] of merged(holes)) {
    if (holeFirst > from) left.push([from, Math.min(holeFirst - 1, last)]);
    from = Math.max(from, holeLast + 1);
  }
  if (from <= last) left.push([from, last]);
  return left.filter(([start, end]) => start <= end);
}

/** Addresses of an IPv4 network such as `10.0.0.0/8`; an IPv6 network has none, for pods here have IPv4 only. */
export function addressesOf(cidr: string): Range[] {
  if (cidr.includes(':')) return [];
  const [network = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(network) / size) * size;
  return [[first, first + size - 1]];
}

/** True if one of the ranges holds the IPv4 address. */
export function holds(ranges: readonly Range[], address: string): boolean {
  const number = toNumber(address);
  return ranges.some(([first, last]) => first <= number && number <= last);
}

/** `10.0.0.4`, or `10.0.0.4-10.0.0.9`. */
export function addressText([first, last]: Range): string {
  return first === last ? toAddress(first) : `${toAddress(first)}-${toAddress(last)}`;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
