import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { assertionsOf, type Curriculum, readCurriculum } from '../../curriculum/curriculum.ts';
import { escapeHtml } from '../../draw/escape.ts';
import { resultFileNames, type ResultFile } from '../../record/results.ts';

const tagOrId = /<pre[\s\S]*?<\/pre>|<[^>]*>|\b(?:m\d+\.[a-z]+\d*\.a\d+|E\d{3})\b/g;

/** Lets every id of the curriculum in the pages of a report say what it means when it is pointed at. */
export async function explainIds(draft: string): Promise<void> {
  const meanings = meaningsOf(await readCurriculum());
  for (const name of await resultFileNames(draft)) {
    const path = join(draft, name);
    const result = JSON.parse(await readFile(path, 'utf8')) as ResultFile;
    if (result.descriptionHtml === undefined) continue;
    const descriptionHtml = explained(result.descriptionHtml, meanings);
    await writeFile(path, JSON.stringify({ ...result, descriptionHtml }));
  }
}

/** What each id stands for: what must be seen, or what is often told and what is true. */
export function meaningsOf(curriculum: Curriculum): Map<string, string> {
  return new Map([
    ...assertionsOf(curriculum).map(({ id, requires }): [string, string] => [id, `What must be seen: ${requires}`]),
    ...curriculum.errata.map(({ id, claim, truth }): [string, string] => [
      id,
      `Often told: ${claim} In truth: ${truth}`,
    ]),
  ]);
}

/** HTML whose ids, outside of tags and of what is to be copied, carry their meaning. */
export function explained(html: string, meanings: ReadonlyMap<string, string>): string {
  return html.replaceAll(tagOrId, (found) => {
    const meaning = meanings.get(found);
    if (meaning === undefined) return found;
    return `<abbr title="${escapeHtml(meaning)}" style="cursor:help;text-decoration:underline dotted">${found}</abbr>`;
  });
}
