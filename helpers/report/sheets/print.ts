import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { stateDir } from '../../system/paths.ts';
import { run } from '../../system/program.ts';
import { timeouts } from '../../system/timeouts.ts';

/** What one calls Chromium, in the order of asking. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];
/** Exit code of {@link run} for a program that is not there. */
const notThere = 127;

/**
 * Prints a page into a PDF, by a headless Chromium of its own.
 *
 * @param signal ends it
 * @returns how many sheets of paper it takes; undefined where there is no Chromium, or it printed nothing
 */
export async function printToPdf(html: string, pdf: string, signal: AbortSignal): Promise<number | undefined> {
  const profile = await mkdtemp(join(stateDir, 'print-'));
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const options = ['--headless', '--no-sandbox', '--disable-gpu', ...quiet, `--user-data-dir=${profile}`];
  const print = [`--print-to-pdf=${pdf}`, '--no-pdf-header-footer', pathToFileURL(html).href];
  try {
    for (const name of names) {
      const { exitCode } = await run(name, [...options, ...print], {
        timeoutMs: timeouts.commandMs,
        endsWithUs: true,
        signal,
      });
      if (exitCode === notThere) continue;
      // It may end well without having written anything.
      const printed = exitCode === 0 ? await readFile(pdf, 'latin1').catch(() => undefined) : undefined;
      return printed === undefined ? undefined : pagesOf(printed);
    }
    return undefined;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** How many pages a PDF has, by the objects that stand for them. */
export function pagesOf(pdf: string): number {
  return pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}
