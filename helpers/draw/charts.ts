/** Charts of what a run measured, as SVG that stands alone. */
import * as Plot from '@observablehq/plot';
import { Window } from 'happy-dom';

const width = 760;
/** Told apart without colour vision: https://jfly.uni-koeln.de/color/ */
const palette = { range: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'] };

/** Bars of how many there were of each kind, e.g. which pod answered how often. */
export function barChart(unit: string, counts: ReadonlyMap<string, number>): string {
  const bars = [...counts].map(([kind, count]) => ({ kind, count }));
  const byKind = { x: 'count', y: 'kind', sort: { y: '-x' as const } };
  return plot({
    marginLeft: Math.min(300, 24 + 7 * Math.max(...bars.map(({ kind }) => kind.length))),
    x: { label: unit, grid: true, domain: [0, Math.max(1, ...counts.values()) * 1.08] },
    y: { label: null },
    color: palette,
    marks: [
      Plot.barX(bars, { ...byKind, fill: 'kind' }),
      Plot.text(bars, { ...byKind, text: 'count', dx: 6, textAnchor: 'start' }),
      Plot.ruleX([0]),
    ],
  });
}

/** Something that happened at one time: which kind it was is its row and its colour. */
export interface Moment {
  /** Seconds since the picture's beginning. */
  readonly seconds: number;
  readonly kind: string;
  /** Drawn in red and larger. */
  readonly failed?: boolean;
}

/** A mark on the time axis: something was changed here. */
export interface Milestone {
  readonly seconds: number;
  readonly label: string;
}

/** Who answered over time, a tick each, failures in red, with the moments at which something was changed. */
export function timeline(moments: readonly Moment[], milestones: readonly Milestone[]): string {
  const kinds = [...new Set(moments.map(({ kind }) => kind))].toSorted();
  const edge = 0.9 * Math.max(...moments.map(({ seconds }) => seconds), ...milestones.map(({ seconds }) => seconds));
  return plot({
    height: 116 + 40 * kinds.length,
    marginLeft: Math.min(300, 24 + 7 * Math.max(...kinds.map((kind) => kind.length))),
    marginTop: 48,
    marginBottom: 42,
    x: { label: 'seconds', grid: true },
    y: { label: null, domain: kinds },
    color: { ...palette, domain: kinds },
    marks: [
      Plot.tickX(
        moments.filter(({ failed }) => failed !== true),
        { x: 'seconds', y: 'kind', stroke: 'kind', strokeWidth: 2, strokeOpacity: 0.6 },
      ),
      Plot.tickX(
        moments.filter(({ failed }) => failed === true),
        { x: 'seconds', y: 'kind', stroke: '#c62828', strokeWidth: 3 },
      ),
      Plot.ruleX(milestones, { x: 'seconds', strokeDasharray: '4 3' }),
      // Two rows of labels, so that neighbours do not cover each other; at the right edge they end at their moment.
      ...[0, 1].flatMap((row) => {
        const ofRow = milestones.filter((_, index) => index % 2 === row);
        const looks = { x: 'seconds', text: 'label', frameAnchor: 'top', dy: row === 0 ? -22 : -38 } as const;
        return [
          Plot.text(
            ofRow.filter(({ seconds }) => seconds <= edge),
            { ...looks, lineAnchor: 'top' },
          ),
          Plot.text(
            ofRow.filter(({ seconds }) => seconds > edge),
            { ...looks, lineAnchor: 'top', textAnchor: 'end' },
          ),
        ];
      }),
    ],
  });
}

/** How measured values are spread: one tick a value on one line, and marks at those that have a name, e.g. p50. */
export function spread(unit: string, values: readonly number[], marks: ReadonlyMap<string, number>): string {
  const named = [...marks].map(([name, value]) => ({ name, value }));
  return plot({
    height: 130,
    marginTop: 40,
    x: { label: unit, grid: true, domain: [0, Math.max(...values, ...marks.values()) * 1.05] },
    marks: [
      Plot.tickX(values, { x: (value: number) => value, stroke: '#0072b2', strokeOpacity: 0.5 }),
      Plot.ruleX(named, { x: 'value', stroke: '#d55e00', strokeDasharray: '4 3' }),
      Plot.text(named, { x: 'value', text: 'name', frameAnchor: 'top', dy: -14 }),
    ],
  });
}

/** Draws with Observable Plot; the report needs a name space, a white ground and a type size of its own. */
export function plot(options: Plot.PlotOptions): string {
  const { document } = new Window();
  const drawn = Plot.plot({
    width,
    document,
    style: { fontSize: '13px', background: 'white' },
    ...options,
  });
  return drawn.outerHTML.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ');
}
