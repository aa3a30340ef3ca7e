import { expect, test } from 'vitest';

import { exampleCurriculum, exampleModuleCard as card } from './examples.ts';
import { type ModuleCard, moduleCardFaults, toldByModule } from './module-card.ts';

const unbacked = { says: 'Yes.' };

function faults(changed: Partial<ModuleCard>): string[] {
  return moduleCardFaults({ ...card, ...changed }, exampleCurriculum);
}

test('a card whose sentences have something behind them has no faults', () => {
  expect(faults({})).toEqual([]);
});

test('every sentence is judged, wherever on the card it stands', () => {
  const cell = { title: 'T', heads: ['Size'], rows: [['Small', unbacked]] };
  const found = faults({
    businessImpact: [...card.businessImpact, unbacked],
    needs: [{ need: 'Names', answer: 'Yes.' }],
    talkTracks: [{ title: 'The start', lines: [...card.talkTracks[0]!.lines, unbacked], show: ['m1.e9.a1'] }],
    objections: [{ objection: 'Slow?', answer: 'No.' }],
    opinions: [cell],
    keyTakeaways: { ...card.keyTakeaways, product: [...card.keyTakeaways.product, unbacked] },
  });
  const fields = found.map((fault) => fault.split(': ')[0]);
  expect(fields).toEqual([
    'businessImpact[3]',
    'needs[0]',
    'talkTracks[0].lines[2]',
    'talkTracks[0].show',
    'objections[0]',
    'opinions[0].rows[0][1]',
    'keyTakeaways.product[2]',
  ]);
});

test('a field that is missing, unknown or too short is a fault', () => {
  const { talkTracks: _, ...rest } = card;
  expect(moduleCardFaults(rest as ModuleCard, exampleCurriculum)).toEqual(['talkTracks: is missing']);
  expect(faults({ businessImpact: [] })).toEqual(['businessImpact: has 0 entries, 3 to 6 fit']);
  expect(faults({ reflection: [] } as Partial<ModuleCard>)).toEqual(['reflection: is not known']);
});

test('a module that the curriculum does not have is a fault', () => {
  expect(faults({ module: 'm9' })).toContain('module: m9 is not in the curriculum');
});

test('the plain cells of a table of judgements need nothing behind them', () => {
  expect(toldByModule(card).map(({ words }) => words)).not.toContain('Small');
});
