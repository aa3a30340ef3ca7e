import type { Observation } from '../record/observation.ts';
import { escapeHtml } from './escape.ts';
import { faintInk, ink, legend, looks } from './looks.ts';
import { type Call, callsOf, type Role, rolesOf, same } from './roles.ts';

const box = { width: 184, height: 42 };
/** Heights of a panel's parts, and of one call with its two lines of text. */
const heights = { title: 34, roles: 58, call: 52, foot: 14, gap: 14 };

/**
 * Draws who called whom, as an SVG: a panel for each step with probes, in it every role in the same place, and an arrow
 * for each call that really ran. A call that did not get through ends short of its target.
 */
export function drawStory(observations: readonly Observation[]): string {
  const roles = rolesOf(observations);
  const width = Math.max(640, roles.length * 215);
  const placeOf = (role: Role) => ((roles.findIndex((other) => same(role, other)) + 0.5) * width) / roles.length;
  let top = 0;
  const panels = [...Map.groupBy(observations, ({ step }) => step)].map(([title, seen]) => {
    const calls = callsOf(seen, roles);
    const height = heights.title + heights.roles + calls.length * heights.call + heights.foot;
    const panel = drawPanel({ title, calls, roles, placeOf, top, width, height });
    top += height + heights.gap;
    return panel;
  });
  const height = top + 24;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${panels.join('')}${legend(top + 6)}</svg>`
  );
}

interface Panel {
  readonly title: string;
  readonly calls: readonly Call[];
  readonly roles: readonly Role[];
  /** Middle of a role's column. */
  readonly placeOf: (role: Role) => number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function drawPanel({ title, calls, roles, placeOf, top, width, height }: Panel): string {
  const firstCall = top + heights.title + heights.roles;
  const columns = roles.map((role) => drawRole(role, placeOf(role), top + heights.title, top + height - 8));
  const arrows = calls.map((call, index) =>
    drawCall(call, placeOf(call.from), placeOf(call.to), firstCall + index * heights.call + 22),
  );
  return (
    `<rect x="1" y="${top + 1}" width="${width - 2}" height="${height - 2}" rx="10" fill="#f6f8fa" stroke="#d0d7de"/>` +
    `<text x="14" y="${top + 23}" font-size="15" font-weight="bold" fill="${ink}">${escapeHtml(title)}</text>` +
    columns.join('') +
    arrows.join('')
  );
}

function drawRole({ cluster, name, namespace }: Role, middle: number, top: number, foot: number): string {
  const centred = `x="${middle}" text-anchor="middle"`;
  const home =
    namespace === undefined
      ? ''
      : `<text ${centred} y="${top + 35}" font-size="11" fill="${faintInk}">in ${escapeHtml(cluster === undefined ? namespace : `${namespace} of ${cluster}`)}</text>`;
  return (
    `<line x1="${middle}" y1="${top + box.height}" x2="${middle}" y2="${foot}" stroke="#8c959f" stroke-dasharray="3 4"/>` +
    `<rect x="${middle - box.width / 2}" y="${top}" width="${box.width}" height="${box.height}" rx="8" fill="#ddf4ff" stroke="${faintInk}"/>` +
    `<text ${centred} y="${top + (home === '' ? 27 : 20)}" font-size="15" fill="${ink}">${escapeHtml(name)}</text>${home}`
  );
}

function drawCall({ seen, times }: Call, from: number, to: number, y: number): string {
  const { colour, dash, symbol } = looks[seen.verdict];
  const right = to >= from ? 1 : -1;
  const gotThrough = seen.verdict === 'allowed';
  const end = gotThrough ? to - 2 * right : to - 34 * right;
  const head = gotThrough
    ? `<path d="M${end} ${y} l${-12 * right} -6 v12 z" fill="${colour}"/>`
    : `<text x="${end + 8 * right}" y="${y + 8}" font-size="24" font-weight="bold" text-anchor="middle" fill="${colour}">${symbol}</text>`;
  // A white rim keeps the words readable where they cross another role's line.
  const words = `x="${(from + to) / 2}" text-anchor="middle" font-size="13.5" stroke="#f6f8fa" stroke-width="4" paint-order="stroke"`;
  const count = times === 1 ? '' : ` (${times} times)`;
  return (
    `<line x1="${from}" y1="${y}" x2="${end}" y2="${y}" stroke="${colour}" stroke-width="2.5" stroke-dasharray="${dash}"/>${head}` +
    `<circle cx="${from}" cy="${y}" r="4" fill="${colour}"/>` +
    `<text ${words} y="${y - 7}" fill="${ink}">${escapeHtml(seen.request)}</text>` +
    `<text ${words} y="${y + 17}" font-weight="bold" fill="${colour}">${symbol} ${escapeHtml(seen.signature)}${count}</text>`
  );
}
