import type { Verdict } from '../record/observation.ts';

/** How a verdict is drawn: told apart by line and symbol as well as by colour. */
export const looks: Readonly<Record<Verdict, { colour: string; dash: string; symbol: string; word: string }>> = {
  allowed: { colour: '#1a7f37', dash: '', symbol: '✓', word: 'let through' },
  blocked: { colour: '#c62828', dash: '8 5', symbol: '✕', word: 'refused' },
  broken: { colour: '#6b7280', dash: '2 5', symbol: '?', word: 'broken' },
};

export const ink = '#1f2328';
export const faintInk = '#57606a';

/** What the lines of a picture mean, as one row of SVG. */
export function legend(y: number): string {
  return Object.values(looks)
    .map(({ colour, dash, symbol, word }, index) => {
      const x = 14 + index * 160;
      return (
        `<line x1="${x}" y1="${y}" x2="${x + 36}" y2="${y}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>` +
        `<text x="${x + 44}" y="${y + 5}" font-size="13" fill="${ink}">${symbol} ${word}</text>`
      );
    })
    .join('');
}

/** A text that fits into so many characters. */
export function fit(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
