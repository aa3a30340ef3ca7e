/** Building blocks of the report's own HTML. Allure keeps inline styles and drops style sheets; colours suit both of its themes. */

import { escapeHtml } from './escape.ts';

const grey = '#8884';
const cell = `padding:5px 10px;border-bottom:1px solid ${grey};text-align:left;vertical-align:top;white-space:normal`;

/** Style of what a reader may skip. */
export const faint = 'font-size:13px;opacity:.7';

const notes = { good: '#1a7f37', bad: '#c62828', plain: '#0969da' } as const;

/** A headed part of a page; nothing at all where there is nothing to say. */
export function section(title: string, html: string): string {
  return html === '' ? '' : `<h3 style="margin:22px 0 6px">${title}</h3>${html}`;
}

/** A table out of cells that are HTML already, a row of one cell across all columns; nothing where there are no rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = heads.map((text) => `<th style="${cell};font-weight:bold">${text}</th>`).join('');
  const body = rows.map((row) => {
    const across = row.length === 1 && heads.length > 1 ? ` colspan="${heads.length}"` : '';
    return `<tr>${row.map((html) => `<td${across} style="${cell}">${html}</td>`).join('')}</tr>`;
  });
  return `<table style="display:table;border-collapse:collapse;font-size:14px;width:100%"><tr>${head}</tr>${body.join('')}</table>`;
}

/** A highlighted paragraph with a bar on its left. */
export function note(html: string, kind: keyof typeof notes): string {
  const colour = notes[kind];
  return `<p style="border-left:5px solid ${colour};background:${colour}1a;padding:10px 14px;border-radius:4px">${html}</p>`;
}

/** Characters in a line that nobody reads, such as a certificate's, and that would fill the page if they were wrapped. */
const unreadable = 500;

/** A manifest or an output, monospaced; lines are wrapped, since what is cut off at the edge is not read. */
export function listing(escaped: string): string {
  const isWrapped = escaped.split('\n').every(({ length }) => length <= unreadable);
  const lines = isWrapped ? 'white-space:pre-wrap;overflow-wrap:anywhere' : 'overflow-x:auto';
  return `<pre style="background:#8881;border:1px solid ${grey};padding:10px 12px;border-radius:6px;${lines};font-size:13px;line-height:1.45">${escaped}</pre>`;
}

/** What a reader may unfold. */
export function more(summary: string, html: string): string {
  return `<details style="margin:6px 0"><summary style="cursor:pointer;${faint}">${summary}</summary>${html}</details>`;
}

/** An SVG as a picture: the report drops the element itself. */
export function image(svg: string, alt: string, width = '100%'): string {
  if (svg === '') return '';
  const coded = svg.replaceAll(/[%#<>"\n]/g, (sign) => encodeURIComponent(sign));
  return `<img alt="${escapeHtml(alt)}" style="max-width:${width};height:auto" src="data:image/svg+xml;charset=utf-8,${escapeHtml(coded)}">`;
}

/** Milliseconds for people, kept on one line: `0.4 s`, `30 s`, `2 min 5 s`. */
export function seconds(ms: number): string {
  const whole = Math.round(ms / 1000);
  if (whole < 60) return `${Number((ms / 1000).toFixed(1))}\u00a0s`;
  return `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
}
