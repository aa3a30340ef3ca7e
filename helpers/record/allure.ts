/** The one place that knows Allure: turns what happens into the steps, labels and attachments of the report. */
import * as allure from 'allure-js-commons';

import type { Transcript } from '../system/program.ts';
import type { Card } from './card.ts';
import type { HttpAnswer } from './observation.ts';
import { cardName, type ExerciseRecord, recordName } from './record.ts';
import { redact } from './redact.ts';
import { digest, fullText, isShownWhole } from './transcript.ts';

/** Longest body of an HTTP answer that is attached, in characters. */
const capBody = 4_000;

/**
 * Puts an exercise in its place in the tree. Its path, not its title, is its identity over time, and the number at the
 * end of the path keeps the curriculum's order in the list.
 */
export async function classify(
  place: { readonly module: string; readonly exercise: string; readonly claim: string; readonly path: string },
  card: Card,
): Promise<void> {
  const number = /(\d+)-[^/]*$/.exec(place.path)?.[1];
  await allure.displayName(number === undefined ? place.claim : `${number} ${place.claim}`);
  await allure.epic(place.module);
  await allure.feature(place.exercise);
  await allure.story(place.claim);
  await allure.historyId(place.path);
  await allure.testCaseId(place.path);
  // At once, so that what was to be proven is known however the exercise ends.
  await attach(cardName, JSON.stringify(card), 'application/json', 'json');
}

/** A step of the report around whatever `body` does. */
export async function step<T>(title: string, body: () => Promise<T>): Promise<T> {
  return allure.step(redact(title), body);
}

/** One line among the steps. */
export async function logStep(line: string): Promise<void> {
  await allure.logStep(redact(line));
}

/**
 * A command as typed, and under it the lines of its output that matter, readable without a click. Allure keeps
 * attachments folded, so all that must be read stands in the names of steps; the output is attached if it has more.
 */
export async function showTranscript(transcript: Transcript): Promise<void> {
  await allure.step(redact(`$ ${transcript.command}`), async () => {
    for (const line of digest(transcript)) await allure.logStep(redact(line));
    if (!isShownWhole(transcript)) await attach('whole output', fullText(transcript), 'text/plain', 'txt');
  });
}

/** A manifest as it lies in the fixture folder. */
export async function showManifest(file: string, yaml: string): Promise<void> {
  await attach(file, yaml, 'application/yaml', 'yaml');
}

/** An HTTP answer, shown as an exchange. */
export async function showExchange(answer: HttpAnswer): Promise<void> {
  const headers = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, value]) => ({ name, value: redact(value) }));
  const body = (text: string, type = 'text/plain') => ({
    contentType: type,
    encoding: 'utf8',
    value: redact(text.slice(0, capBody)),
  });
  const exchange = {
    schemaVersion: 1,
    request: {
      method: answer.method,
      url: redact(answer.url),
      headers: headers(answer.requestHeaders),
      ...(answer.requestBody === undefined ? {} : { body: body(answer.requestBody) }),
    },
    response: {
      status: answer.status,
      headers: headers(answer.headers),
      body: body(answer.body, answer.headers['content-type']),
    },
  };
  const options = { contentType: 'application/vnd.allure.http+json', fileExtension: 'httpexchange' };
  await allure.attachment('HTTP exchange', JSON.stringify(exchange), options);
}

/** Anything else worth keeping, e.g. a diagnosis. */
export async function attachText(name: string, text: string): Promise<void> {
  await attach(name, text, 'text/plain', 'txt');
}

/** What an exercise did and saw, as data; read back by record.ts. */
export async function attachRecord(record: ExerciseRecord): Promise<void> {
  await attach(recordName, JSON.stringify(record), 'application/json', 'json');
}

/** A value that differs from run to run; kept out of the identity, so that history goes on. */
export async function noteParameter(name: string, value: string): Promise<void> {
  await allure.parameter(name, redact(value), { excluded: true });
}

async function attach(name: string, text: string, contentType: string, fileExtension: string): Promise<void> {
  await allure.attachment(name, redact(text), { contentType, fileExtension });
}
