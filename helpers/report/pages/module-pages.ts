import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../../curriculum/curriculum.ts';
import { readModuleCards } from '../../curriculum/module-card.ts';
import { type AssertionResult, assertionResultOf } from '../../record/assertion-results.ts';
import { placeOf } from '../../record/exercise-path.ts';
import type { RecordedExercise } from '../../record/record.ts';
import { redact } from '../../record/redact.ts';
import type { RunRecord } from '../../runs/run-record.ts';
import { type BrokenLink, brokenLinks, moduleHeadHtml } from './module-head.ts';

/**
 * Adds a page before the exercises of each module to a folder of results, as one more of them. A module without any
 * result in the run gets no page. If the whole course was run, an answer that cites nothing proven fails its page.
 */
export async function writeModulePages({ facts, only, exercises }: RunRecord, draft: string): Promise<void> {
  const assertionResults = exercises.map(assertionResultOf);
  for (const { card, module, broken } of await headsOf(assertionResults)) {
    const failed = only === '' && broken.length > 0;
    const id = `00-${module.folder}`;
    const result = {
      uuid: id,
      historyId: id,
      testCaseId: id,
      name: '00 Needs, objections, questions',
      fullName: id,
      status: failed ? 'failed' : 'passed',
      statusDetails: failed ? { message: broken.map(({ to, id: cited }) => `“${to}” cites ${cited}`).join('\n') } : {},
      stage: 'finished',
      start: Date.parse(facts.startedAt),
      stop: Date.parse(facts.startedAt),
      labels: [
        { name: 'epic', value: placeOf(module.folder).module },
        { name: 'feature', value: `00 ${card.persona} asks` },
      ],
      descriptionHtml: redact(moduleHeadHtml(card, module, assertionResults)),
      steps: [],
    };
    await writeFile(join(draft, `${id}-result.json`), JSON.stringify(result));
  }
}

/** Answers of the modules in a run that cite what the run did not prove. */
export async function unprovenCitations(exercises: readonly RecordedExercise[]): Promise<BrokenLink[]> {
  return (await headsOf(exercises.map(assertionResultOf))).flatMap(({ broken }) => broken);
}

/** The modules of which a run judged something. */
async function headsOf(results: readonly AssertionResult[]) {
  const curriculum = await readCurriculum();
  return (await readModuleCards(curriculum)).flatMap((card) => {
    const module = curriculum.modules.find((each) => each.module === card.module);
    const judged = results.some(({ ids }) => ids.some((id) => id.startsWith(`${card.module}.`)));
    return module === undefined || !judged ? [] : [{ card, module, broken: brokenLinks(card, results) }];
  });
}
