/**
 * Writes the quick reference sheets, one page of A4 each, into reports/sheets/, and prints them into PDF where Chromium is
 * there. Exit code 1 if one says what the last whole run does not prove, or does not fit its page; it is written all the same.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { letters } from '../draw/paper.ts';
import { allSheets, readPlans } from '../report/sheets/all-sheets.ts';
import { printToPdf } from '../report/sheets/print.ts';
import type { Sheet } from '../report/sheets/sheet.ts';
import { lastWhole } from '../runs/run-record.ts';
import { exitCodes, UsageProblem } from '../system/errors.ts';
import { reportsDir, stateDir } from '../system/paths.ts';
import { command } from './command.ts';
import { say } from './say.ts';

await command(async () => {
  const run = await lastWhole();
  if (run === undefined)
    throw new UsageProblem(
      'no run of the whole course is kept here, and sheets say only what one has proven',
      'make course',
    );
  const folder = join(reportsDir, 'sheets');
  await mkdir(folder, { recursive: true });
  await mkdir(stateDir, { recursive: true });
  const stop = new AbortController();
  // Whatever was begun is ended and taken away first.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.removeAllListeners(signal).on(signal, () => {
      stop.abort();
    });
  const sheets = allSheets(await readPlans(), run, new Date());
  const written: { readonly faults: readonly string[]; readonly printed: boolean }[] = [];
  for (const sheet of sheets) {
    const file = join(folder, `${sheet.name}.html`);
    const pages = await fitted(sheet, file, join(folder, `${sheet.name}.pdf`), stop.signal);
    if (stop.signal.aborted) return exitCodes.interrupted;
    const faults = [
      ...sheet.faults,
      ...(pages !== undefined && pages > 1 ? [`it takes ${pages} pages, and one is the limit`] : []),
    ];
    written.push({ faults, printed: pages !== undefined });
    say(`${file}${pages === undefined ? '' : `, ${sheet.name}.pdf`}`);
    for (const fault of faults) say(`  ${fault}`);
  }
  if (written.some(({ printed }) => !printed))
    say('not printed: no Chromium answered; open a sheet in a browser and print it from there');
  const faulty = written.filter(({ faults }) => faults.length > 0).length;
  if (faulty > 0) say(`${faulty} of ${sheets.length} sheets have faults: do not hand them out as they are`);
  return faulty > 0 ? exitCodes.failed : 0;
});

/**
 * Writes a sheet and prints it, in smaller letters as long as it takes more than one page.
 *
 * @returns how many pages it takes; undefined where it was not printed
 */
async function fitted(
  { page, points }: Sheet,
  file: string,
  pdf: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  await rm(pdf, { force: true });
  for (let size = points; ; size -= letters.step) {
    await writeFile(file, page(size));
    const pages = await printToPdf(file, pdf, signal);
    if (pages === undefined || pages <= 1 || size - letters.step < letters.smallest) return pages;
  }
}
