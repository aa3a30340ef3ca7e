import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../curriculum/curriculum.ts';
import { readModuleCards } from '../curriculum/module-card.ts';
import { placeOf } from '../exercise-path.ts';
import { type BrokenLink, brokenLinks, moduleHeadHtml } from './module-head.ts';
import { readProofs } from './proofs.ts';
import { redact } from './secrets.ts';

/**
 * Adds a page before the exercises of each module, as one more Allure result. To be called when all results of
 * exercises are written: it cites them. A module without any result in the run gets no page.
 *
 * @param startedAt when the run began, ISO 8601
 * @param whole whether the whole course was run, so that an answer which cites nothing proven fails its page
 * @returns those answers, whether they fail the page or not
 */
export async function writeModulePages(startedAt: string, resultsDir: string, whole: boolean): Promise<BrokenLink[]> {
  const curriculum = await readCurriculum();
  const proofs = await readProofs(resultsDir);
  const broken: BrokenLink[] = [];
  for (const card of await readModuleCards(curriculum)) {
    const module = curriculum.modules.find((each) => each.module === card.module);
    if (module === undefined || !proofs.some(({ ids }) => ids.some((id) => id.startsWith(`${card.module}.`)))) continue;
    const links = brokenLinks(card, proofs);
    broken.push(...links);
    const failed = whole && links.length > 0;
    const id = `00-${module.folder}`;
    const result = {
      uuid: id,
      historyId: id,
      testCaseId: id,
      name: '00 Needs, objections, questions',
      fullName: id,
      status: failed ? 'failed' : 'passed',
      statusDetails: failed ? { message: links.map(({ to, id: cited }) => `“${to}” cites ${cited}`).join('\n') } : {},
      stage: 'finished',
      start: Date.parse(startedAt),
      stop: Date.parse(startedAt),
      labels: [
        { name: 'epic', value: placeOf(module.folder).module },
        { name: 'feature', value: `00 ${card.persona} asks` },
      ],
      descriptionHtml: redact(moduleHeadHtml(card, module, proofs)),
      steps: [],
    };
    await writeFile(join(resultsDir, `${id}-result.json`), JSON.stringify(result));
  }
  return broken;
}
