import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { fixturesDir } from '../system/paths.ts';
import { readCurriculum } from './curriculum.ts';
import { exampleCurriculum } from './examples.ts';
import { drillFaults, type IncidentCard, incidentFaults, readIncidentExercise } from './incident-card.ts';

const fault = { file: '20-slow.yaml', kind: 'slow pod', component: 'web-c' } as const;
const inSpecs = [{ kind: fault.kind, component: fault.component, needs: [], manifest: '01-a/20-slow.yaml' }];
const card: IncidentCard = {
  stage: 'A web server.',
  fair: 'Look at it.',
  kinds: [{ kind: 'slow pod', means: 'a pod is slow', wouldShow: 'It is slow.' }],
  faults: [
    {
      manifest: '01-a/20-slow.yaml',
      customer: 'It takes long.',
      names: ['web-c'],
      decides: 'Q4',
      hint: 'Compare.',
      why: 'Others are quick.',
      provenBy: ['m1.e1.a1'],
    },
  ],
};

test('the drill of the course tells something of every fault of its specs, whose manifests are there', async () => {
  const { folder, faults, specs } = await readIncidentExercise(await readCurriculum());
  expect(specs).toHaveLength(2);
  expect(faults.map(({ kind }) => kind)).toEqual([
    'slow pod',
    'failing pod',
    'refused by policy',
    "ended by the caller's proxy",
    'caller fell silent',
  ]);
  expect(faults.filter(({ needs }) => needs.includes('netpol')).length).toBeGreaterThan(0);
  for (const { manifest } of faults) {
    expect(await readFile(join(fixturesDir, folder, manifest), 'utf8')).toContain('kind: ');
  }
});

test('faults are read from the text of a spec, whatever quotes and lines they stand in', () => {
  expect(
    drillFaults(`[
      { file: '20-slow.yaml', kind: 'slow pod', component: 'web-c' },
      {
        file: '30-rule.yaml',
        kind: "ended by the caller's proxy",
        component: 'calls of web, flag NC',
      },
    ]`),
  ).toEqual([fault, { file: '30-rule.yaml', kind: "ended by the caller's proxy", component: 'calls of web, flag NC' }]);
});

test('what does not fit the specs or the curriculum is a fault', () => {
  expect(incidentFaults(card, inSpecs, exampleCurriculum)).toEqual([]);
  expect(incidentFaults({ ...card, faults: [], fair: ' ' }, inSpecs, exampleCurriculum)).toEqual([
    'stage, fair: have no words',
    'faults: nothing is told of 01-a/20-slow.yaml',
  ]);
  const faults = card.faults.map((each) => ({ ...each, names: ['web'], provenBy: ['m1.e9.a1'] }));
  expect(incidentFaults({ ...card, faults, kinds: [] }, inSpecs, exampleCurriculum)).toEqual([
    'kinds: slow pod cannot be guessed',
    'faults[0].names: has nothing of “web-c”',
    'faults[0].why: “Others are quick.” cites m1.e9.a1, which no exercise can assert',
  ]);
  expect(incidentFaults(card, [], exampleCurriculum)).toEqual([
    'faults[0].manifest: 01-a/20-slow.yaml is no fault of the specs',
  ]);
});
