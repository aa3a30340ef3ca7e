import { placeOf } from '../../record/exercise-path.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { writeAddedPage } from './added-page.ts';
import { exerciseHeadHtml } from './exercise-head.ts';
import { readRunCards } from './run-cards.ts';

/**
 * Adds a page before the claims of each exercise to a folder of results, as one more of them. An exercise without any
 * result in the run gets no page. If the whole course was run, a statement that cites nothing proven fails its page.
 */
export async function writeExercisePages({ facts, only, exercises: run }: RunRecord, draft: string): Promise<void> {
  const { evidence, exercises } = await readRunCards(run);
  for (const { card, persona, broken } of exercises) {
    await writeAddedPage(draft, facts.startedAt, {
      id: `00-${card.folder.replace('/', '-')}`,
      title: '00 Challenge, solution, outcome',
      ...placeOf(card.folder),
      html: exerciseHeadHtml(card, persona, evidence),
      broken: only === '' ? broken : [],
    });
  }
}
