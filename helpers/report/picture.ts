import type { Sighting, Verdict } from '../evidence.ts';
import { escapeHtml } from './escape.ts';

/** How a verdict is drawn: told apart by line and symbol as well as by colour. */
const looks: Readonly<Record<Verdict, { colour: string; dash: string; symbol: string; word: string }>> = {
  allowed: { colour: '#1a7f37', dash: '', symbol: '✓', word: 'let through' },
  blocked: { colour: '#c62828', dash: '7 5', symbol: '✕', word: 'refused' },
  broken: { colour: '#6b7280', dash: '2 4', symbol: '?', word: 'broken' },
};

const box = { width: 190, height: 44, x: 24 };
const panel = { width: 900, gap: 18, header: 40 };
const row = 58;

/**
 * Draws who called whom, as an SVG: a panel for each step with probes, a row for each call, callers on the left and the
 * called on the right, the same roles in every panel. Only calls that really ran are drawn.
 */
export function drawStory(sightings: readonly Sighting[]): string {
  const panels = [...Map.groupBy(sightings, ({ step }) => step)];
  let y = 0;
  const drawn = panels.map(([title, calls]) => {
    const top = y;
    const height = panel.header + calls.length * row + 8;
    y += height + panel.gap;
    return drawPanel(title, calls, top, height);
  });
  const height = y + 26;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panel.width} ${height}" width="${panel.width}" height="${height}" font-family="Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${drawn.join('')}${legend(y + 8)}</svg>`
  );
}

function drawPanel(title: string, calls: readonly Sighting[], top: number, height: number): string {
  const rows = calls.map((call, index) => drawCall(call, top + panel.header + index * row));
  return (
    `<rect x="1" y="${top + 1}" width="${panel.width - 2}" height="${height - 2}" rx="10" fill="#f6f8fa" stroke="#d0d7de"/>` +
    `<text x="20" y="${top + 26}" font-size="15" font-weight="bold" fill="#1f2328">${escapeHtml(title)}</text>${rows.join('')}`
  );
}

function drawCall(call: Sighting, top: number): string {
  const { colour, dash, symbol } = looks[call.verdict];
  const middle = top + box.height / 2;
  const [from, to] = [box.x + box.width + 6, panel.width - box.x - box.width - 6];
  const end = call.verdict === 'allowed' ? to : (from + to) / 2 + 120;
  const head =
    call.verdict === 'allowed'
      ? `<path d="M${to} ${middle} l-12 -6 v12 z" fill="${colour}"/>`
      : `<text x="${end + 6}" y="${middle + 8}" font-size="24" font-weight="bold" fill="${colour}">${symbol}</text>`;
  return (
    role(call.caller, call.callerNamespace, box.x, top, '#ddf4ff') +
    role(call.target, '', panel.width - box.x - box.width, top, '#fff8c5') +
    `<line x1="${from}" y1="${middle}" x2="${end}" y2="${middle}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>${head}` +
    `<text x="${from + 10}" y="${middle - 8}" font-size="13" fill="#1f2328">${escapeHtml(call.request)}</text>` +
    `<text x="${from + 10}" y="${middle + 18}" font-size="13" font-weight="bold" fill="${colour}">${symbol} ${escapeHtml(call.signature)}</text>`
  );
}

function role(name: string, namespace: string, x: number, y: number, fill: string): string {
  const centre = x + box.width / 2;
  const below =
    namespace === ''
      ? ''
      : `<text x="${centre}" y="${y + 35}" font-size="10" text-anchor="middle" fill="#57606a">in ${escapeHtml(namespace)}</text>`;
  return (
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="8" fill="${fill}" stroke="#57606a"/>` +
    `<text x="${centre}" y="${y + (namespace === '' ? 28 : 20)}" font-size="15" text-anchor="middle" fill="#1f2328">${escapeHtml(name)}</text>${below}`
  );
}

function legend(y: number): string {
  return Object.values(looks)
    .map(({ colour, dash, symbol, word }, index) => {
      const x = 20 + index * 170;
      return (
        `<line x1="${x}" y1="${y}" x2="${x + 40}" y2="${y}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>` +
        `<text x="${x + 48}" y="${y + 5}" font-size="13" fill="#1f2328">${symbol} ${word}</text>`
      );
    })
    .join('');
}
