import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { redact } from '../../record/redact.ts';

/**
 * Takes out of result files, in place, what the reporter put there past the narration: this machine's folder in stack
 * traces, and secrets in the messages of errors. Attachments lose the folder only: they were redacted when attached.
 */
export async function scrubResults(resultsDir: string, folder: string): Promise<void> {
  for (const name of await readdir(resultsDir)) {
    const path = join(resultsDir, name);
    const isResult = name.endsWith('-result.json');
    // Latin-1 keeps every byte of an attachment that is no text.
    const encoding = isResult ? 'utf8' : 'latin1';
    const written = await readFile(path, encoding);
    const kept = forgetFolder(isResult ? redactErrors(written) : written, folder);
    if (kept !== written) await writeFile(path, kept, encoding);
  }
}

/** Makes paths under a folder of this machine relative to it. */
export function forgetFolder(text: string, folder: string): string {
  return text.replaceAll(`file://${folder}/`, '').replaceAll(`${folder}/`, '');
}

/** Redacts messages and stack traces of a result, at every depth of its steps. */
export function redactErrors(json: string): string {
  const errorFields = new Set(['message', 'trace', 'actual', 'expected']);
  return JSON.stringify(
    JSON.parse(json, (key, value: unknown) =>
      typeof value === 'string' && errorFields.has(key) ? redact(value) : value,
    ),
  );
}
