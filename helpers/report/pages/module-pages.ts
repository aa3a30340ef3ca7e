import { readCurriculum } from '../../curriculum/curriculum.ts';
import { readRolePlays, rolePlayWith } from '../../curriculum/role-plays.ts';
import { placeOf } from '../../record/exercise-path.ts';
import { pageId } from '../../record/results.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { type MadePage, writeAddedPage } from './added-page.ts';
import { moduleHeadHtml } from './module-head.ts';
import type { Entrances } from './readers.ts';
import { readRunCards } from './run-cards.ts';

/**
 * Adds a page before the exercises of each module to a folder of results, as one more of them. A module without any
 * result in the run gets no page. If the whole course was run, an answer that cites nothing proven fails its page.
 *
 * @param made pages that were made from the run, each of which its module names
 * @returns where the report has them
 */
export async function writeModulePages(
  { facts, only, exercises }: RunRecord,
  draft: string,
  made: readonly MadePage[],
): Promise<Entrances['modules']> {
  const { cards, evidence, modules } = await readRunCards(exercises);
  const written: { persona: string; title: string; page: string }[] = [];
  const rolePlays = await readRolePlays(await readCurriculum());
  for (const { card, module, broken } of modules) {
    const id = `00-${module.folder}`;
    const own = made.filter(({ folder }) => folder.startsWith(`${module.folder}/`));
    written.push({ persona: card.persona, title: module.title, page: pageId(id) });
    await writeAddedPage(draft, facts.startedAt, {
      id,
      title: '00 Needs, objections, takeaways',
      module: placeOf(module.folder).module,
      exercise: `00 ${card.persona} asks`,
      html: moduleHeadHtml(card, module, cards, evidence, {
        rolePlay: rolePlayWith(rolePlays, card.persona),
        made: own,
      }),
      broken: only === '' ? broken : [],
    });
  }
  return written;
}
