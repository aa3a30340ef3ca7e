import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { redact } from '../../record/redact.ts';
import type { BrokenLink } from './backing.ts';

/** A page that the report adds to those of the exercises. */
export interface AddedPage {
  /** Identity over all runs, and part of a file name. */
  readonly id: string;
  readonly title: string;
  /** Where it stands in the tree of the course. */
  readonly module: string;
  readonly exercise: string;
  readonly html: string;
  /** What it cites and the run did not prove, if that makes it fail. */
  readonly broken: readonly BrokenLink[];
}

/** A page that was made from the results of a run: where it belongs, and its address in the report. */
export interface MadePage {
  /** Folder of its exercise below specs/. */
  readonly folder: string;
  readonly title: string;
  readonly page: string;
}

/** Adds a page to a folder of results, as one more of them. */
export async function writeAddedPage(draft: string, startedAt: string, page: AddedPage): Promise<void> {
  const { id, title, module, exercise, html, broken } = page;
  const message = broken.map(({ to, id: cited }) => `“${to}” cites ${cited}`).join('\n');
  const result = {
    uuid: id,
    historyId: id,
    testCaseId: id,
    name: title,
    fullName: id,
    status: broken.length === 0 ? 'passed' : 'failed',
    statusDetails: broken.length === 0 ? {} : { message },
    stage: 'finished',
    start: Date.parse(startedAt),
    stop: Date.parse(startedAt),
    labels: [
      { name: 'epic', value: module },
      { name: 'feature', value: exercise },
    ],
    descriptionHtml: redact(html),
    steps: [],
  };
  await writeFile(join(draft, `${id}-result.json`), JSON.stringify(result));
}
