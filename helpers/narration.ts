/** The one place that knows Allure: turns what happens into the steps, labels and attachments of the report. */
import * as allure from 'allure-js-commons';

import type { Card } from './card.ts';
import type { HttpAnswer, Transcript } from './evidence.ts';
import { redact } from './report/secrets.ts';

/** Lines of output that are read without a click; the attachment holds more. */
const visibleLines = 6;
/** Lines that an attachment keeps of each end. */
const attachedLines = 60;

/** Puts an exercise in its place in the tree; its path, not its title, is its identity over time. */
export async function classify(
  place: { readonly module: string; readonly exercise: string; readonly claim: string; readonly path: string },
  card: Card,
): Promise<void> {
  await allure.epic(place.module);
  await allure.feature(place.exercise);
  await allure.story(place.claim);
  await allure.historyId(place.path);
  await allure.testCaseId(place.path);
  await allure.tags(...card.proves, ...card.needs, ...(card.errata ?? []).map(({ id }) => id));
  await allure.link(card.readMore, 'Read more');
}

/** A step of the report around whatever `body` does. */
export async function step<T>(title: string, body: () => Promise<T>): Promise<T> {
  return allure.step(redact(title), body);
}

/** One line among the steps. */
export async function logStep(line: string): Promise<void> {
  await allure.logStep(redact(line));
}

/** A command as typed, and the first lines of what it printed, readable without a click; the rest is attached. */
export async function showTranscript(transcript: Transcript): Promise<void> {
  const output = redact(`${transcript.stdout}${transcript.stderr}`).trimEnd();
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  await allure.step(redact(`$ ${transcript.command}`), async () => {
    for (const line of lines.slice(0, visibleLines)) await allure.logStep(line.slice(0, 160));
    if (lines.length > visibleLines) await allure.logStep(`… ${lines.length - visibleLines} more lines, attached`);
    const text = `$ ${transcript.command}\n${trimMiddle(output.split('\n'))}\n[exit ${transcript.exitCode}, ${Math.round(transcript.durationMs)} ms]\n`;
    await allure.attachment('transcript', redact(text), 'text/plain');
  });
}

/** A manifest as it lies in the fixture folder. */
export async function showManifest(file: string, yaml: string): Promise<void> {
  await allure.attachment(file, redact(yaml), 'application/yaml');
}

/** An HTTP answer, shown as an exchange. */
export async function showExchange(answer: HttpAnswer): Promise<void> {
  const headers = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, value]) => ({ name, value }));
  const exchange = {
    schemaVersion: 1,
    request: { method: answer.method, url: answer.url, headers: headers(answer.requestHeaders) },
    response: {
      status: answer.status,
      headers: headers(answer.headers),
      body: {
        contentType: answer.headers['content-type'] ?? 'text/plain',
        encoding: 'utf8',
        value: answer.body.slice(0, 4_000),
      },
    },
  };
  await allure.attachment('HTTP exchange', redact(JSON.stringify(exchange)), {
    contentType: 'application/vnd.allure.http+json',
    fileExtension: 'httpexchange',
  });
}

/** A picture drawn from the run. */
export async function showPicture(name: string, svg: string): Promise<void> {
  await allure.attachment(name, svg, 'image/svg+xml');
}

/** Anything else worth keeping, e.g. a diagnosis. */
export async function attachText(name: string, text: string): Promise<void> {
  await allure.attachment(name, redact(text), 'text/plain');
}

/** The story above the steps; Allure lets through HTML with inline styles. */
export async function tellStory(html: string): Promise<void> {
  await allure.descriptionHtml(redact(html));
}

function trimMiddle(lines: readonly string[]): string {
  if (lines.length <= 2 * attachedLines) return lines.join('\n');
  const cut = lines.length - 2 * attachedLines;
  return [...lines.slice(0, attachedLines), `… ${cut} lines cut …`, ...lines.slice(-attachedLines)].join('\n');
}
