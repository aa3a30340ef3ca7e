import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { assertionsOf, readCurriculum } from '../../curriculum/curriculum.ts';
import { drawMap } from '../../draw/map.ts';
import { drawStory } from '../../draw/picture.ts';
import type { Card } from '../../record/card.ts';
import { cardName, recordedExercise, readRecordOf, recordName } from '../../record/record.ts';
import { redact } from '../../record/redact.ts';
import { isExercise, pageId, resultFileNames, type ResultFile, type ResultStep } from '../../record/results.ts';
import { lessonHtml } from './lesson-page.ts';

/** Attachments that are data for programs. */
const data: ReadonlySet<string> = new Set([cardName, recordName]);

/**
 * Writes the lesson of each exercise into its result file, made from what hangs on it as data, and takes off what the
 * page tells: the data, which `run.json` keeps, and the pictures.
 *
 * @param draft folder of result files that are the report's own to change
 * @returns texts that an exercise is to be found by, by the id of its page
 */
export async function writeLessonPages(draft: string): Promise<Map<string, string>> {
  const curriculum = await readCurriculum();
  const explained = { assertions: assertionsOf(curriculum), errata: curriculum.errata };
  const texts = new Map<string, string>();
  for (const name of await resultFileNames(draft)) {
    const path = join(draft, name);
    const result = JSON.parse(await readFile(path, 'utf8')) as ResultFile;
    if (!isExercise(result)) continue;
    const { card, record } = await readRecordOf(draft, result);
    const told = { ...result, steps: withoutData(result.steps ?? []) };
    if (card === undefined) {
      await writeFile(path, JSON.stringify(told));
      continue;
    }
    const story = recordedExercise(result, record, card);
    const pictures = {
      map: drawMap(story),
      sequence: story.observations.length === 0 ? '' : drawStory(story.observations),
    };
    const descriptionHtml = redact(lessonHtml(card, story, pictures, explained));
    await writeFile(path, JSON.stringify({ ...told, descriptionHtml }));
    const manifests = [...story.setup, ...story.manifests].map(({ yaml }) => yaml);
    texts.set(pageId(result.uuid), redact([...wordsOf(card), ...manifests].join('\n')));
  }
  return texts;
}

function wordsOf({ question, takeaway, proves, errata = [] }: Card): string[] {
  return [question, takeaway, ...proves, ...errata];
}

/** Steps without attachments that the page makes superfluous, and without the steps that held nothing else. */
function withoutData(steps: readonly ResultStep[]): ResultStep[] {
  return steps.flatMap((step) => {
    const attachments = step.attachments?.filter(({ name, type }) => !data.has(name) && type !== 'image/svg+xml');
    const inner = withoutData(step.steps ?? []);
    const heldData = step.attachments !== undefined && attachments?.length !== step.attachments.length;
    return heldData && attachments?.length === 0 && inner.length === 0
      ? []
      : [{ ...step, ...(attachments === undefined ? {} : { attachments }), steps: inner }];
  });
}
