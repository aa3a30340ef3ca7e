import { expect, test } from 'vitest';

import { readCards } from './cards.ts';
import { citedSources } from './citations.ts';
import { readCurriculum } from './curriculum.ts';
import { exampleCurriculum } from './examples.ts';
import { readPracticeStatements } from './practice-statements.ts';

const cited = {
  told: { field: 'notes[0]', words: 'It was said.', backing: { source: 'C1' } },
  of: 'Paper',
  path: 'a.yaml',
};
const none = { modules: [], exercises: [] };

test('the source that was read longest ago comes first, with its age and what cites it', () => {
  const sources = [...exampleCurriculum.sources, { ...exampleCurriculum.sources[0]!, id: 'C2', read: '2026-01-01' }];
  const today = new Date('2026-11-25T12:00:00Z');
  expect(citedSources({ ...exampleCurriculum, sources }, none, [cited], today)).toMatchObject([
    { id: 'C2', ageDays: 328, citedBy: [] },
    { id: 'C1', ageDays: 1, citedBy: ['specs/a.yaml: “It was said.”'] },
  ]);
});

test('no source of the course lies there without anything that cites it', async () => {
  const curriculum = await readCurriculum();
  const practice = await readPracticeStatements(curriculum);
  const all = citedSources(curriculum, await readCards(curriculum), practice, new Date());
  expect(all.filter(({ citedBy }) => citedBy.length === 0).map(({ id }) => id)).toEqual([]);
});
