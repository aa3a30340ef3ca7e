/** The decision record and the sheet on both data planes, as HTML. */
import type { Customer } from '../../decision/customer.ts';
import { aboutRecord, aboutSheet } from '../../decision/documents.ts';
import type { Line } from '../../decision/line.ts';
import { ways } from '../../decision/measured-work.ts';
import { decisionRecord, type DecisionRecord, type Recommendation } from '../../decision/record.ts';
import { groupHeads, lineHeads, meansIn, notShownYet, seenIn, tellGroup, tellGroups } from '../../decision/rows.ts';
import { type Sheet, sheetHeads, sheetOf } from '../../decision/sheet.ts';
import type { Shown } from '../../decision/shown.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { faint, more, note, section, table } from '../../draw/style.ts';
import { wayNames } from '../../lesson/data-plane-meter.ts';
import { backingHtml, type Evidence, opinionMark } from './backing.ts';

/** The records of all customers: what to take for each group, and line by line why. */
export function recordsHtml(customers: readonly Customer[], shown: Shown, evidence: Evidence): string {
  return [
    note(escapeHtml(aboutRecord.join(' ')), 'plain'),
    ...customers.map((customer) => recordHtml(decisionRecord(customer, shown), evidence)),
    '<p><code>make roi PROFILE=jennifer</code> writes the record of a customer as a file of its own, and <code>make roi INPUTS=mine.yaml</code> that of your figures.</p>',
  ].join('');
}

function recordHtml({ customer, recommendations, lines }: DecisionRecord, evidence: Evidence): string {
  const rows = lines.map((line) => [
    `<b>${escapeHtml(line.rule)}</b>`,
    escapeHtml(line.place),
    line.state === 'not shown' ? `<b>${notShownYet}</b>` : escapeHtml(seenIn(line)),
    escapeHtml(meansIn(line)),
    escapeHtml(tellGroups(line)),
    line.state === 'opinion' ? opinionMark : backingHtml({ provenBy: line.ids }, evidence),
  ]);
  return section(
    titleOf(customer),
    `${groupsHtml(recommendations)}${more(`The record line by line: ${lines.length} lines`, table(lineHeads.map(escapeHtml), rows))}`,
  );
}

/** The sheets of all customers, and once for all what neither data plane can do. */
export function sheetsHtml(customers: readonly Customer[], shown: Shown, evidence: Evidence): string {
  const sheets = customers.map((customer) => sheetOf(customer, shown));
  return [
    ...sheets.map(sheetHtml),
    ...ways.map((way) =>
      section(
        `What ${escapeHtml(wayNames[way])} cannot do`,
        table(
          ['Cannot', 'What stands behind it'],
          (sheets[0]?.limits[way] ?? []).map(({ says, ids }) => [
            escapeHtml(says),
            backingHtml({ provenBy: ids }, evidence),
          ]),
        ),
      ),
    ),
  ].join('');
}

function sheetHtml({ customer, rows, recommendations }: Sheet): string {
  return section(
    titleOf(customer),
    [
      `<p style="${faint}">${escapeHtml(aboutSheet(customer))}</p>`,
      table(
        sheetHeads.map(escapeHtml),
        rows.map((row) => row.map((cell) => escapeHtml(cell).replaceAll(' %', '\u00a0%'))),
      ),
      more('What to take, group by group', groupsHtml(recommendations)),
    ].join(''),
  );
}

function groupsHtml(recommendations: readonly Recommendation[]): string {
  const because = (lines: readonly Line[]) => lines.map(({ rule, ids }) => `${escapeHtml(rule)} ${idsHtml(ids)}`);
  return table(
    groupHeads.map(escapeHtml),
    recommendations.map(({ group, choice, because: reasons, heed, against }) => [
      escapeHtml(tellGroup(group)),
      `<b>${escapeHtml(choice)}</b>`,
      [...(choice === 'open' ? [`<b>${notShownYet}:</b>`] : []), ...because(reasons)].join('<br>'),
      heed.map(({ means, ids }) => `${escapeHtml(means)} ${idsHtml(ids)}`).join('<br>'),
      because(against).join('<br>'),
    ]),
  );
}

function idsHtml(ids: readonly string[]): string {
  return `<span style="${faint}">${escapeHtml(ids.join(', '))}</span>`;
}

function titleOf({ persona, company }: Customer): string {
  return escapeHtml(`${persona}, ${company}`);
}
