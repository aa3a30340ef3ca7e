import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { readCurriculum } from '../../curriculum/curriculum.ts';
import { drawStory } from '../../draw/picture.ts';
import { cardName, recordedExercise, readRecordOf, recordName } from '../../record/record.ts';
import { redact } from '../../record/redact.ts';
import { isExercise, resultFileNames, type ResultFile, type ResultStep } from '../../record/results.ts';
import { lessonHtml } from './lesson-page.ts';

/** Attachments that are data for programs. */
const data: ReadonlySet<string> = new Set([cardName, recordName]);

/**
 * Writes the lesson of each exercise into its result file, made from what hangs on it as data, and takes the data off:
 * the page tells it, and `run.json` keeps it.
 *
 * @param draft folder of result files that are the report's own to change
 */
export async function writeLessonPages(draft: string): Promise<void> {
  const { errata } = await readCurriculum();
  for (const name of await resultFileNames(draft)) {
    const path = join(draft, name);
    const result = JSON.parse(await readFile(path, 'utf8')) as ResultFile;
    if (!isExercise(result)) continue;
    const { card, record } = await readRecordOf(draft, result);
    const page =
      card === undefined
        ? {}
        : {
            descriptionHtml: redact(
              lessonHtml(card, recordedExercise(result, record, card), drawStory(record?.observations ?? []), errata),
            ),
          };
    await writeFile(path, JSON.stringify({ ...result, ...page, steps: withoutData(result.steps ?? []) }));
  }
}

/** Steps without attachments that are data, and without the steps that held nothing else. */
function withoutData(steps: readonly ResultStep[]): ResultStep[] {
  return steps.flatMap((step) => {
    const attachments = step.attachments?.filter(({ name }) => !data.has(name));
    const inner = withoutData(step.steps ?? []);
    const heldData = step.attachments !== undefined && attachments?.length !== step.attachments.length;
    return heldData && attachments?.length === 0 && inner.length === 0
      ? []
      : [{ ...step, ...(attachments === undefined ? {} : { attachments }), steps: inner }];
  });
}
