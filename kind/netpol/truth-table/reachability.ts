import { people, ports } from './pods.ts';

/** What happened to a call; broken is neither answer nor silence, such as a refused connection. */
export type Fate = 'open' | 'shut' | 'broken';

/** Fate of each call, by `place/role -> place/role:port`. */
export type Grid = ReadonlyMap<string, Fate>;

export const names = people.map(({ place, role }) => `${place}/${role}`);

/** All calls: everyone to every port of everyone, themselves included. */
export const calls = names.flatMap((from) =>
  names.flatMap((to) => Object.values(ports).map((port) => ({ from, to, port, cell: `${from} -> ${to}:${port}` }))),
);

/**
 * The grid that statements describe, e.g. `shut: street/thief -> bank/vault:80`, with `*` for any name: everything is open until a statement says
 * otherwise, a later statement overrules an earlier one, and nobody is ever shut off from itself.
 */
export function expectedGrid(statements: readonly string[]): Grid {
  const parsed = statements.map(parse);
  return new Map(
    calls.map(({ from, to, port, cell }) => {
      const last = parsed.findLast((said) => said.from(from) && said.to(to) && (said.port ?? port) === port);
      return [cell, from === to ? 'open' : (last?.fate ?? 'open')];
    }),
  );
}

function parse(statement: string) {
  const { fate, from, to, port } =
    /^(?<fate>open|shut): (?<from>\S+) -> (?<to>[^\s:]+)(:(?<port>\d+))?$/.exec(statement)?.groups ?? {};
  if (from === undefined || to === undefined) throw new Error(`cannot read the statement "${statement}"`);
  const [fromMatches, toMatches] = [from, to].map((pattern) => {
    const matches = (name: string) =>
      pattern.split('/').every((part, at) => part === '*' || part === name.split('/')[at]);
    if (!names.some(matches)) throw new Error(`"${pattern}" in "${statement}" is nobody`);
    return matches;
  });
  return {
    fate: fate === 'open' ? ('open' as const) : ('shut' as const),
    from: fromMatches ?? (() => false),
    to: toMatches ?? (() => false),
    port: port === undefined ? undefined : Number(port),
  };
}

/** Cells where two grids differ. */
export function differences(expected: Grid, observed: Grid): string[] {
  return [...expected].flatMap(([cell, fate]) => (observed.get(cell) === fate ? [] : [cell]));
}

/** Two grids side by side, sources down, destinations across, two marks a pod for its two ports; `.` open, `X` shut. */
export function drawGrids(expected: Grid, observed: Grid): string {
  const marks = { open: '.', shut: 'X', broken: '?' };
  const row = (grid: Grid, from: string) =>
    names
      .map((to) =>
        Object.values(ports)
          .map((port) => marks[grid.get(`${from} -> ${to}:${port}`) ?? 'broken'])
          .join(''),
      )
      .join(' ');
  const widest = Math.max(...names.map((name) => name.length));
  const legend = `${names.map((name, at) => `${at + 1} ${name}`).join(', ')}; ports ${Object.values(ports).join(' and ')}`;
  const heads = names.map((_, at) => String(at + 1).padEnd(2)).join(' ');
  const lines = names.map((from) => `${from.padEnd(widest)}  ${row(expected, from)}   ${row(observed, from)}`);
  return [legend, `${''.padEnd(widest)}  ${heads}   ${heads}   (expected, observed)`, ...lines].join('\n');
}
