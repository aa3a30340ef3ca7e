import { expect, test } from 'vitest';

import { readCurriculum } from './curriculum.ts';
import { exampleCurriculum, exampleIndex } from './examples.ts';
import { isSuchCommand, readTroubleshooting, toldByIndex, troubleshootingFaults } from './troubleshooting.ts';

test('the index of the course fits the curriculum', async () => {
  const { parts } = await readTroubleshooting(await readCurriculum());
  expect(parts.flatMap(({ rows }) => rows).length).toBeGreaterThan(15);
});

test('a row without a result, without a command or with an id that is not known is a fault', () => {
  expect(troubleshootingFaults(exampleIndex, exampleCurriculum)).toEqual([]);
  const rows = [
    { symptom: 'Nothing', first: 'kubectl get pods', cause: 'Sleep.', opinion: true },
    { symptom: 'Noise', first: 'look', cause: 'Wind.', provenBy: ['m1.e9.a1'] },
  ];
  expect(troubleshootingFaults({ parts: [{ title: 'Odd', rows }], operations: [] }, exampleCurriculum)).toEqual([
    'parts[0].rows[0]: “Nothing” has no result that shows it',
    '“Noise” has no command to type first',
    'parts[0].rows[1]: “Noise” cites m1.e9.a1, which no exercise can assert',
  ]);
});

test('what it tells are its rows, by their symptoms, and what to keep in mind', () => {
  expect(toldByIndex(exampleIndex).map(({ field, words }) => `${field} ${words}`)).toEqual([
    'parts[0].rows[0] Nobody answers.',
    'operations[0] Names resolve.',
  ]);
});

test('a command is such a one if its words stand there in their order, whatever is between', () => {
  const first = 'kubectl logs deployment/<caller> --container istio-proxy';
  expect(isSuchCommand(first, 'kubectl --namespace shop logs deployment/web --container istio-proxy --tail=-1')).toBe(
    true,
  );
  expect(isSuchCommand(first, 'kubectl logs pod/web --container istio-proxy')).toBe(false);
  expect(isSuchCommand(first, 'kubectl logs deployment/web --container server')).toBe(false);
  expect(isSuchCommand(first, 'kubectl logs istio-proxy --container deployment/web')).toBe(false);
});

test('a part of a word may differ, and a shell may have quoted it', () => {
  const first = 'kubectl get --raw /api/query?query=up…';
  expect(isSuchCommand(first, "kubectl get --raw '/api/query?query=up%7Bx%7D'")).toBe(true);
  expect(isSuchCommand(first, "kubectl get --raw '/api/query?query=rate(up)'")).toBe(false);
});
