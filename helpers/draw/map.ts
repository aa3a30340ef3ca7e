import { escapeHtml } from './escape.ts';
import { faintInk, fit, ink, legend, looks } from './looks.ts';
import { type Band, callOf, type Layout, layOut, measures, type Spot, wideTag } from './map-layout.ts';
import { carries, type Rule, satisfies } from './rules.ts';
import { isSame, type Moment, outside, type Place, sceneOf, type Told, type Way } from './scene.ts';

const ruleColours = { fill: '#fff8c5', edge: '#9a6700' };
const proxyColour = '#466bb0';
const title = 30;

/**
 * Draws where an exercise took place, as an SVG: namespaces, the pods in them, which of them have a proxy, where rules
 * apply, and who got through; a panel before the change and one after it, everything in the same place in both. One
 * panel where both would show the same, e.g. where the calls are those of a load generator. Empty where nothing took
 * place in a cluster.
 */
export function drawMap(story: Told): string {
  const scene = sceneOf(story);
  if (scene.places.length === 0) return '';
  const linesAt = (moment: Moment, place: Place) => 1 + rulesAt(moment, place).length;
  const layout = layOut(
    scene,
    (place) => Math.max(...scene.moments.map((moment) => linesAt(moment, place))),
    (band) => Math.max(...scene.moments.map((moment) => wideIn(moment, band).length)),
  );
  const drawn = scene.moments.map((moment) => drawPanel(moment, layout));
  const isStill = new Set(drawn.map(({ svg }) => svg)).size === 1;
  let top = 0;
  const panels = (isStill ? drawn.slice(0, 1) : drawn).map(({ title: told, svg, height }) => {
    const placed =
      `<g transform="translate(0 ${top})">` +
      `<text x="4" y="20" font-size="17" font-weight="bold" fill="${ink}">${escapeHtml(isStill ? 'Who was where' : told)}</text>${svg}</g>`;
    top += height + 10;
    return placed;
  });
  const height = top + 26;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${layout.width} ${height}" width="${layout.width}" height="${height}" font-family="Helvetica, Arial, sans-serif">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${panels.join('')}${legend(top + 8)}${ruleTag('where a rule applies', 500, top, 170)}</svg>`
  );
}

/** A panel, and its title apart: the rules of the whole mesh, and below them what was where. */
function drawPanel(moment: Moment, layout: Layout): { title: string; svg: string; height: number } {
  const wide = moment.rules.filter(({ applies }) => applies.to === 'mesh');
  const head = title + wide.length * 22;
  const tags = wide.map((rule, index) =>
    ruleTag(`${ruleName(rule)}: for the whole mesh${inCluster(rule)}`, 4, title + index * 22, 460),
  );
  const svg = `${tags.join('')}<g transform="translate(0 ${head})">${drawMoment(moment, layout)}</g>`;
  return { title: moment.title, svg, height: head + layout.height };
}

function drawMoment(moment: Moment, { width, bands, frames }: Layout): string {
  const clusters = frames.map(
    ({ cluster, y, height }) =>
      `<rect x="1" y="${y}" width="${width - 2}" height="${height}" rx="12" fill="#ffffff" stroke="${ink}" stroke-width="1.6"/>` +
      `<text x="${measures.margin}" y="${y + 17}" font-size="14" font-weight="bold" fill="${ink}">cluster ${escapeHtml(cluster)}</text>`,
  );
  const spots = bands.flatMap((band) => band.spots);
  const boxes = bands.map((band) => {
    const perRow = wideTag.perRow(width);
    const where = band.namespace.includes(' ') ? band.namespace : `namespace ${band.namespace}`;
    const side = band.cluster === undefined ? measures.margin - 12 : measures.frame.side;
    return (
      `<rect x="${side}" y="${band.y}" width="${width - 2 * side}" height="${band.height}" rx="10" fill="#f6f8fa" stroke="#8c959f" stroke-dasharray="${band.namespace === outside ? '3 4' : ''}"/>` +
      `<text x="${measures.margin}" y="${band.y + 18}" font-size="13" fill="${faintInk}">${escapeHtml(where)}</text>` +
      wideIn(moment, band)
        .map((rule, index) => {
          const x = wideTag.left + (index % perRow) * wideTag.step;
          const y = band.y + 4 + Math.floor(index / perRow) * wideTag.row;
          return ruleTag(`${ruleName(rule)}: for every pod here`, x, y, wideTag.step - 10);
        })
        .join('')
    );
  });
  return (
    clusters.join('') +
    boxes.join('') +
    moment.ways.map((way) => drawWay(way, spots)).join('') +
    spots.map((spot) => drawSpot(spot, moment)).join('')
  );
}

function drawSpot({ place, x, y, height }: Spot, moment: Moment): string {
  const there = moment.places.find((each) => isSame(each, place));
  const { box, name, line } = measures;
  const { pods, atOnce = pods.length } = there ?? place;
  const shown = `${fit(place.name, 30)}${atOnce > 1 ? ` × ${atOnce}` : ''}`;
  const label = `<text x="${x + box / 2}" y="${y + 19}" font-size="${shown.length > 22 ? 11.5 : 15}" font-weight="bold" text-anchor="middle" fill="${ink}">${escapeHtml(shown)}</text>`;
  if (there === undefined)
    return (
      `<rect x="${x}" y="${y}" width="${box}" height="${height}" rx="8" fill="#ffffff" stroke="#8c959f" stroke-dasharray="4 4"/>` +
      `${label}<text x="${x + box / 2}" y="${y + name + 10}" font-size="12" text-anchor="middle" fill="${faintInk}">not there yet</text>`
    );
  const tags = rulesAt(moment, place).map((rule, index) =>
    ruleTag(ruleName(rule), x + 4, y + name + line * (index + 1), box - 8),
  );
  return (
    `<rect x="${x}" y="${y}" width="${box}" height="${height}" rx="8" fill="#ddf4ff" stroke="${faintInk}"/>${label}` +
    proxyLine(there, x, y + name) +
    tags.join('')
  );
}

function proxyLine({ sidecar, namespace, inside }: Place, x: number, y: number): string {
  const middle = `x="${x + measures.box / 2}" y="${y + 11}" font-size="11.5" text-anchor="middle"`;
  if (inside !== undefined)
    return `<text ${middle} fill="${faintInk}">${escapeHtml(fit(`container in a pod of ${inside}`, 36))}</text>`;
  if (sidecar === true)
    return `<rect x="${x + 4}" y="${y - 2}" width="${measures.box - 8}" height="17" rx="3" fill="${proxyColour}"/><text ${middle} fill="#ffffff">Istio proxy (sidecar)</text>`;
  if (sidecar === false && namespace !== outside) return `<text ${middle} fill="${faintInk}">no proxy</text>`;
  return '';
}

function ruleTag(text: string, x: number, y: number, width: number): string {
  const room = width - 10;
  return (
    `<rect x="${x}" y="${y - 2}" width="${width}" height="17" rx="3" fill="${ruleColours.fill}" stroke="${ruleColours.edge}"/>` +
    `<text x="${x + 6}" y="${y + 11}" font-size="11.5" fill="${ink}"${narrowed(text, room, 5.5)}>${escapeHtml(fit(text, Math.floor(room / 4.6)))}</text>`
  );
}

/** Sets a text narrower that needs a little more than its room; only one that would be hard to read then is cut off. */
function narrowed(text: string, room: number, letter: number): string {
  return text.length * letter > room ? ` textLength="${room}" lengthAdjust="spacingAndGlyphs"` : '';
}

function inCluster({ cluster }: Rule): string {
  return cluster === undefined ? '' : ` in ${cluster}`;
}

function ruleName({ kind, name }: Rule): string {
  return `${kind} ${name}`;
}

/** Rules that apply to every pod of a namespace. */
function wideIn({ rules }: Moment, { cluster, namespace }: Pick<Band, 'cluster' | 'namespace'>): Rule[] {
  return rules.filter((rule) => isWide(rule) && rule.namespace === namespace && rule.cluster === cluster);
}

/** True for a rule that selects no pods among those of its namespace, but all. */
function isWide({ applies }: Rule): boolean {
  return applies.to === 'pods' && Object.keys(applies.labels).length === 0 && applies.expressions === undefined;
}

/** Rules that apply at a place: to its pods by their labels, or in its proxy for the calls that it makes. */
function rulesAt({ rules, ways }: Moment, place: Place): Rule[] {
  return rules.filter((rule) => {
    const { applies, namespace } = rule;
    if (applies.to === 'mesh' || isWide(rule) || rule.cluster !== place.cluster) return false;
    // Of a container nothing is drawn that stands at its pod; it may go around the proxy there.
    if (place.inside !== undefined) return false;
    if (applies.to === 'pods') {
      const { labels, expressions = [] } = applies;
      const isSelected = carries(place.labels, labels) && expressions.every((each) => satisfies(place.labels, each));
      return namespace === place.namespace && isSelected;
    }
    const hosts = new Set(applies.hosts.map((host) => host.split('.')[0]));
    return place.sidecar !== false && ways.some(({ from, seen }) => isSame(from, place) && hosts.has(seen.target));
  });
}

/** One arrow: level while there are words on it, then to its target; it ends before one that it does not reach. */
function drawWay(way: Way, spots: readonly Spot[]): string {
  const [from, to] = [way.from, way.to].map((place) => spots.find((spot) => isSame(spot.place, place)));
  if (from === undefined || to === undefined) return '';
  const { colour, dash, symbol } = looks[way.seen.verdict];
  const gotThrough = way.seen.verdict === 'allowed';
  const back = to.column <= from.column;
  const direction = back ? -1 : 1;
  const start = { x: from.x + measures.box, y: slotOf(way, from) };
  const end = { x: back ? to.x + measures.box : to.x, y: slotOf(way, to) };
  const level = back ? start.x + 200 : end.x - measures.bend;
  const room = level - start.x - 15;
  // Many calls by one command: the more of them went this way, the thicker.
  const thickness = way.share === undefined ? 2.2 : 1.2 + (4 * way.share.times) / way.share.of;
  const stop = end.x - (gotThrough ? 10 : 24) * direction;
  const head = gotThrough
    ? `<path d="M${end.x - 2 * direction} ${end.y} l${-11 * direction} -6 v12 z" fill="${colour}"/>`
    : `<text x="${end.x - 13 * direction}" y="${end.y + 8}" font-size="23" font-weight="bold" text-anchor="middle" fill="${colour}">${symbol}</text>`;
  const answer = `${symbol} ${answerOf(way)}`;
  const words = `x="${start.x + 9}" font-size="12.5" stroke="#f6f8fa" stroke-width="3" paint-order="stroke"`;
  return (
    `<polyline points="${start.x},${start.y} ${level},${start.y} ${stop},${end.y}" fill="none" stroke="${colour}" stroke-width="${thickness}" stroke-dasharray="${dash}"/>${head}` +
    `<circle cx="${start.x}" cy="${start.y}" r="3.5" fill="${colour}"/>` +
    `<text ${words} y="${start.y - 4}" fill="${ink}"${narrowed(requestOf(way), room, 6.1)}>${escapeHtml(fit(requestOf(way), Math.floor(room / 5.2)))}</text>` +
    `<text ${words} y="${start.y + 13}" font-weight="bold" fill="${colour}"${narrowed(answer, room, 6.5)}>${escapeHtml(fit(answer, Math.floor(room / 5.6)))}</text>`
  );
}

/** What was asked of whom, e.g. `GET backend:8080/`. */
function requestOf({ seen: { host, target, request } }: Way): string {
  const port = /:\d+$/.exec(host ?? '')?.[0] ?? '';
  return request.replace(' ', ` ${target}${port}`);
}

/** How it ended, and who of several answered the last time; of many calls, how many ended so. */
function answerOf({ seen, to, among, named, share }: Way): string {
  const end = seen.signature.replace(/, ".*"$/, '');
  if (share !== undefined && share.of > 1)
    return `${end}: ${share.times === share.of ? 'all' : share.times} of ${share.of} calls`;
  if (seen.verdict !== 'allowed' || among < 2) return end;
  return named ? `${end}, the last time from ${to.name}` : `${end}, from one of ${among}`;
}

/** Height at which an arrow touches a box: each call has its own, before and after. */
function slotOf(way: Way, { y, slots }: Spot): number {
  return y + 20 + Math.max(0, slots.indexOf(callOf(way))) * measures.slot;
}
