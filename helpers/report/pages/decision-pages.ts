/** What the results of a run let each customer of the course decide about its data plane. */
import { readCurriculum } from '../../curriculum/curriculum.ts';
import { customersIn } from '../../decision/customer.ts';
import { shownBy } from '../../decision/shown.ts';
import { placeOf } from '../../record/exercise-path.ts';
import { pageId } from '../../record/results.ts';
import { readProfiles } from '../../roi/profiles.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { type MadePage, writeAddedPage } from './added-page.ts';
import { recordsHtml, sheetsHtml } from './decision-html.ts';

const module = '03-sidecar-vs-ambient';

/**
 * Adds the decision record and the sheet that it rests on, if the run judged something of the module about both data planes.
 * What the run has not shown makes no page fail: it says so, and decides nothing.
 *
 * @returns the pages
 */
export async function writeDecisionPages(run: RunRecord, draft: string): Promise<MadePage[]> {
  if (!run.exercises.some(({ path }) => path.startsWith(`${module}/`))) return [];
  const { errata, sources } = await readCurriculum();
  const shown = shownBy(run);
  const evidence = { assertionResults: shown.results, errata, sources };
  const customers = customersIn((await readProfiles()).map(({ inputs }) => inputs));
  const pages = [
    {
      id: '00-decision-record',
      title: 'The decision record of this run',
      folder: `${module}/08-standardisation`,
      html: recordsHtml(customers, shown, evidence),
    },
    {
      id: '00-sidecars-and-ambient',
      title: 'Sidecars and ambient, customer by customer',
      folder: `${module}/04-resources`,
      html: sheetsHtml(customers, shown, evidence),
    },
  ];
  for (const { id, title, folder, html } of pages) {
    const page = { id, title: `00 ${title}`, ...placeOf(folder), html, broken: [] };
    await writeAddedPage(draft, run.facts.startedAt, page);
  }
  return pages.map(({ id, title, folder }) => ({ folder, title, page: pageId(id) }));
}
