import { expect, test } from 'vitest';

import { exampleCurriculum, exampleIndex } from '../../curriculum/examples.ts';
import { assertionResultOf } from '../../record/assertion-results.ts';
import type { Card } from '../../record/card.ts';
import { exampleExercise } from '../../record/examples.ts';
import { troubleshootingHtml } from './troubleshooting-page.ts';
import { untypedCommands } from './typed-commands.ts';

const { errata, sources } = exampleCurriculum;

/** An exercise that proves the row of the example, and has typed this. */
function ran(typed: string, status = 'passed') {
  const card = { proves: ['m1.e1.a1'] } as unknown as Card;
  const commands = [{ step: 'Look', command: typed, typed, exitCode: 0 }];
  return Object.assign({}, exampleExercise, { page: 'page', claim: 'A Service answers', status, card, commands });
}

function html(...run: ReturnType<typeof ran>[]): string {
  return troubleshootingHtml(exampleIndex, { assertionResults: run.map(assertionResultOf), errata, sources }, run);
}

const suits = ran('kubectl --namespace shop get pods');

test('a row has its symptom, the command as it was typed, the cause and the exercise that shows it', () => {
  const page = html(suits);
  expect(page).toMatch(/Silence[^]*Nobody answers\.[^]*>kubectl<.*>get<.*>pods<[^]*Nobody is there\./);
  expect(page).toMatch(/as it was typed in this run[^]*\$ kubectl --namespace shop get pods/);
  expect(page).toMatch(/✓ proven[^]*href="#page">A Service answers/);
  expect(page).toMatch(/Before something is wrong[^]*Names resolve\./);
});

test('a row that the run does not prove says so', () => {
  expect(html()).toContain('✕ not proven in this run');
  expect(html(ran('kubectl get pods', 'failed'))).toContain('✕ not proven');
});

test('a row is broken if the exercises that prove it have typed no such command', () => {
  expect(untypedCommands(exampleIndex, [suits])).toEqual([]);
  expect(untypedCommands(exampleIndex, [ran('kubectl get services')])).toMatchObject([
    { to: 'Nobody answers.', id: 'the command “kubectl get pods”' },
  ]);
  expect(untypedCommands(exampleIndex, [])).toEqual([]);
});
