/** Pages that are made to be printed: A4, black on white, one file that loads nothing and runs nothing. */
import { escapeHtml } from './escape.ts';

/** What every such page looks like, on paper and before it is printed; `points` is the size of its letters. */
const style = (points: number) => `
@page { size: A4 portrait; margin: 10mm }
* { box-sizing: border-box }
html { background: #fff; color: #000 }
body { font: ${points}pt/1.25 Arial, "Liberation Sans", Helvetica, sans-serif; max-width: 190mm; margin: 0 auto }
h1 { font-size: 1.6em; margin: 0 0 1mm }
h2 { font-size: 1.19em; margin: 2mm 0 0.6mm; break-after: avoid }
p, ul, ol { margin: 0 0 1mm }
ul, ol { padding-left: 4.5mm }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
th, td { border: 0.3mm solid #000; padding: 0.6mm 1.2mm; text-align: left; vertical-align: top }
tr { break-inside: avoid }
.id { font-size: 0.875em; white-space: nowrap }
.unproven { color: #666; font-style: italic }
code { font-size: 0.92em }
footer { border-top: 0.3mm solid #000; margin-top: 1.5mm; padding-top: 0.6mm; font-size: 0.875em }
h3 { font-size: 1em; margin: 1mm 0 0.3mm; border-bottom: 0.2mm solid #000 }
.cards { columns: 2; column-gap: 5mm }
.card { border: 0.3mm solid #000; padding: 1mm 1.6mm; margin: 0 0 2mm; break-inside: avoid }
.card h2 { margin-top: 0 }
.margin { display: grid; grid-template-columns: 69fr 31fr; column-gap: 5mm }
.margin > :first-child { columns: 2; column-gap: 5mm }
.margin > :last-child { border-left: 0.3mm solid #000; padding-left: 3mm }
.form td { height: 6.5mm }
.beside { display: grid; grid-template-columns: 1fr 1fr; column-gap: 6mm }
@media screen { body { padding: 10mm 0 } }
`;

/** Sizes of letters, in points: below the smallest nobody reads a page that lies on a table. */
export const letters = { largest: 8, smallest: 6, step: 0.25 } as const;

/**
 * Size of the letters, in points, with which a page should fit on one side of A4.
 *
 * @param room how many characters fit in the largest, as its layout has it
 */
export function lettersFor(html: string, room: number): number {
  const fit = letters.largest * Math.sqrt(room / Math.max(wordsOf(html).length, 1));
  return Math.max(letters.smallest, Math.min(letters.largest, Math.floor(fit / letters.step) * letters.step));
}

/** What a person reads of HTML. */
export function wordsOf(html: string): string {
  const signs: Readonly<Record<string, string>> = {
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&amp;': '&',
    '&nbsp;': ' ',
  };
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:lt|gt|quot|amp|nbsp);/g, (sign) => signs[sign] ?? sign)
    .replaceAll(/\s+/g, ' ');
}

/** A page out of HTML. @param points size of its letters */
export function paper(title: string, html: string, points: number = letters.largest): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${style(points)}</style><body>${html}</body></html>\n`;
}

/** Parts of a page in two columns. */
export function beside(parts: readonly string[]): string {
  return `<div class="beside">${parts.map((part) => `<div>${part}</div>`).join('')}</div>`;
}

/**
 * A table out of cells that are HTML already, a row of one cell across all columns.
 *
 * @param columns heads, each with its share of the width in per cent
 */
export function paperTable(
  columns: readonly (readonly [head: string, share: number])[],
  rows: readonly (readonly string[])[],
): string {
  const shares = columns.map(([, share]) => `<col style="width:${share}%">`).join('');
  const heads = columns.map(([head]) => `<th>${head}</th>`).join('');
  const body = rows
    .map((row) => {
      const across = row.length === 1 && columns.length > 1 ? ` colspan="${columns.length}"` : '';
      return `<tr>${row.map((cell) => `<td${across}>${cell}</td>`).join('')}</tr>`;
    })
    .join('');
  return `<table><colgroup>${shares}</colgroup><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table>`;
}
