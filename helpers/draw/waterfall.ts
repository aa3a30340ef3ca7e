/** One call through several proxies, a bar for each span, as SVG that stands alone. */
import * as Plot from '@observablehq/plot';

import { depthOf, originOfFailure, type Span, type Trace } from '../istio/traces.ts';
import { plot } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { faintInk, fit, ink, looks } from './looks.ts';

const height = { row: 40, head: 52, foot: 44 };
const indent = 12;
const characterWidth = 7;
const column = { namesAtMost: 280, figures: 190 };
/** A bar is dark where the span waited for none of its parts; told apart in print too. */
const bar = { whole: '#a6cbe8', own: '#0072b2' };
const red = looks.blocked.colour;

/**
 * Draws a trace: who told each span, when it went on, its status, how long it took, and how long without its parts; a red
 * frame where a failure began. Spans stand in the order of the trace, each a step to the right of the one that it is a
 * part of.
 */
export function waterfall(trace: Trace): string {
  const { spans } = trace;
  const start = Math.min(...spans.map(({ startedAt }) => startedAt));
  const ms = (micros: number) => (micros - start) / 1000;
  const end = Math.max(...spans.map(({ startedAt, durationMicros }) => ms(startedAt + durationMicros)));
  const origin = originOfFailure(trace);
  const namespace = commonNamespace(spans);
  const rows = spans.map((span) => ({
    ...span,
    name: nameOf(span, namespace),
    depth: depthOf(trace, span),
    from: ms(span.startedAt),
    to: ms(span.startedAt + span.durationMicros),
  }));
  const own = spans.flatMap(({ id, own: parts }) => parts.map(({ from, to }) => ({ id, from: ms(from), to: ms(to) })));
  const wanted = rows.map(({ name, depth }) => 24 + indent * depth + characterWidth * name.length);
  const names = Math.min(column.namesAtMost, Math.max(100, ...wanted));
  const ofBar = { x1: 'from', x2: 'to', y: 'id', insetTop: 9, insetBottom: 9 } as const;
  const atRight = { frameAnchor: 'right', textAnchor: 'start', dx: 10, y: 'id', fill: ink } as const;
  const began = rows.filter(({ id }) => id === origin?.id);
  const heads = { frameAnchor: 'top', dy: -20, fontWeight: 'bold', fill: ink } as const;
  const svg = plot({
    height: height.head + height.row * rows.length + height.foot,
    marginLeft: names,
    marginRight: column.figures,
    marginTop: height.head,
    marginBottom: height.foot,
    x: { label: 'milliseconds since the call began', grid: true, domain: [0, end] },
    y: { axis: null, domain: rows.map(({ id }) => id) },
    marks: [
      Plot.barX(rows, { ...ofBar, fill: bar.whole }),
      Plot.barX(own, { ...ofBar, fill: bar.own }),
      Plot.barX(began, { ...ofBar, fill: 'none', stroke: red, strokeWidth: 3, inset: -3 }),
      ...rows.map((row) =>
        Plot.text([row], {
          y: 'id',
          text: () => fit(row.name, Math.floor((names - 12 - indent * row.depth) / characterWidth)),
          frameAnchor: 'left',
          textAnchor: 'start',
          dx: indent * row.depth - names + 6,
          fill: ink,
        }),
      ),
      Plot.text(rows, { ...atRight, text: figuresOf, dy: -2 }),
      Plot.text(began, { ...atRight, text: () => '✕ the error began here', fill: red, fontWeight: 'bold', dy: 13 }),
      Plot.text(['who tells it'], { ...heads, frameAnchor: 'top-left', textAnchor: 'start', dx: 6 - names }),
      Plot.text(['light: its parts too, dark: only its own'], { ...heads, fill: faintInk, fontWeight: 'normal' }),
      Plot.text(['status, time, own time'], { ...heads, frameAnchor: 'top-right', textAnchor: 'start', dx: 10 }),
    ],
  });
  return described(svg, spans, origin);
}

/** Without the namespace where it is that of all. */
function nameOf({ service, kind }: Span, namespace = ''): string {
  const short = namespace !== '' && service.endsWith(namespace) ? service.slice(0, -namespace.length) : service;
  return kind === '' ? short : `${short}, ${kind}`;
}

/** The namespace of all services with a dot before it; empty where they are of several. */
function commonNamespace(spans: readonly Span[]): string {
  const namespaces = new Set(spans.map(({ service }) => /\.[^.]+$/.exec(service)?.[0] ?? ''));
  return namespaces.size === 1 ? [...namespaces].join('') : '';
}

function figuresOf({ status, durationMicros, selfMicros }: Span): string {
  return `${status === 0 ? '–' : status}, ${inMs(durationMicros)}, ${inMs(selfMicros)}`;
}

/** Two digits are enough to compare, and whole milliseconds where there are many. */
function inMs(micros: number): string {
  return `${micros >= 10_000 ? Math.round(micros / 1000) : Number((micros / 1000).toPrecision(2))} ms`;
}

/** Says the same in words, for those who do not see it. */
function described(svg: string, spans: readonly Span[], origin: Span | undefined): string {
  const told = spans.map((span) => `${nameOf(span)}: ${figuresOf(span)}`).join('; ');
  const began = origin === undefined ? 'No span failed.' : `The error began in ${nameOf(origin)}.`;
  const words =
    `<title>${escapeHtml(`One call, ${spans.length} spans`)}</title>` +
    `<desc>${escapeHtml(`Status, time and own time of each: ${told}. ${began}`)}</desc>`;
  return svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg role="img" ${attributes}>${words}`);
}
