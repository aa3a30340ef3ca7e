/** What holds for every text of the course, whoever wrote it. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';
import { parse } from 'yaml';

import { specsDir } from '../system/paths.ts';
import { readCards } from './cards.ts';
import { readCurriculum } from './curriculum.ts';
import { phraseFaults } from './phrases.ts';
import { agedSources } from './sources.ts';

const curriculum = await readCurriculum();
const texts = await Promise.all(
  (await Array.fromAsync(glob(['**/*.spec.ts', '**/*.yaml', '*.md'], { cwd: specsDir }))).map(async (path) => ({
    path,
    text: await readFile(join(specsDir, path), 'utf8'),
  })),
);

test('every module and every numbered exercise has a card that fits the curriculum', async () => {
  const { modules } = await readCards(curriculum);
  expect(modules.map(({ module }) => module)).toEqual(curriculum.modules.map(({ module }) => module));
});

test('no card repeats what an erratum calls wrong, and none has a slogan', () => {
  const faults = texts.flatMap(({ path, text }) => {
    if (path.endsWith('.spec.ts'))
      return phraseFaults(cardIn(text), curriculum).map((fault) => `specs/${path} ${fault}`);
    if (!/(module|exercise|demo|incident|troubleshooting)\.yaml$|^practice\//.test(path)) return [];
    return phraseFaults(parse(text), curriculum).map((fault) => `specs/${path} ${fault}`);
  });
  expect(faults).toEqual([]);
});

test('no source was read more than a year ago', () => {
  const { warnings, faults } = agedSources(curriculum.sources, new Date());
  if (warnings.length > 0) console.warn(warnings.join('\n'));
  expect(faults).toEqual([]);
});

test('no text holds signs that were read in another encoding than they were written in', () => {
  // What UTF-8 becomes as Mac Roman or as Latin 1.
  const garbled = /‚Ä|√[^ \d]|üé|Ô∏|Ã[\u0080-\u00bf]|â[\u0080-\u00ff€]|\ufffd/u;
  expect(['üéì', '‚Äô', 'Ô∏è', 'Ã¼', 'â€™'].filter((signs) => !garbled.test(signs))).toEqual([]);
  expect(texts.length).toBeGreaterThan(80);
  expect(texts.filter(({ text }) => garbled.test(text)).map(({ path }) => path)).toEqual([]);
});

/** The card in a spec's text: its words, and the errata that they cite. */
function cardIn(spec: string): { text: string; errata: string[] } {
  const text = spec.slice(0, spec.indexOf('async ('));
  const [, list = ''] = /errata: \[([^\]]*)\]/.exec(text) ?? [];
  return { text, errata: Array.from(list.matchAll(/'([^']+)'/g), ([, id = '']) => id) };
}
