import { expect, test } from 'vitest';

import { exampleObservation } from '../record/examples.ts';
import { Stage } from './stage.ts';

const before = { kind: 'before', typed: 'kubectl get pods', expected: 'three pods', goesOn: false } as const;

test('a command is shown with what is expected, and waits for a person', async () => {
  const lines: string[] = [];
  const stage = new Stage({ say: (line) => lines.push(line), wish: async () => 'next' });
  expect(await stage.show(before)).toBe(true);
  expect(lines.join('\n')).toMatch(/expected: three pods[^]*kubectl get pods[^]*Enter runs it/);
});

test('after a wish for all nobody is asked again', async () => {
  let asked = 0;
  const wish = async () => {
    asked += 1;
    return 'all' as const;
  };
  const stage = new Stage({ say: () => {}, wish });
  await stage.show(before);
  await stage.show(before);
  expect(asked).toBe(1);
  expect(stage.commands).toBe(2);
});

test('a wish to end ends it, but not while something else runs', async () => {
  const stage = new Stage({ say: () => {}, wish: async () => 'quit' });
  expect(await stage.show({ ...before, goesOn: true })).toBe(true);
  expect(await stage.show(before)).toBe(false);
});

test('an output is shown without everyday headers, and how it ended where that is not 0', async () => {
  const lines: string[] = [];
  const stage = new Stage({ say: (line) => lines.push(line), wish: undefined });
  await stage.show({ kind: 'after', stdout: 'HTTP/1.1 403 Forbidden\ndate: today\n', stderr: 'denied', exitCode: 1 });
  expect(lines.map((line) => line.trim())).toEqual(['HTTP/1.1 403 Forbidden', 'denied', 'exit code 1']);
});

test('a call is shown with how it ended, and a step that failed ends the walk-through', async () => {
  const lines: string[] = [];
  const stage = new Stage({ say: (line) => lines.push(line), wish: undefined });
  expect(await stage.show({ kind: 'called', call: exampleObservation })).toBe(true);
  expect(lines.join('\n')).toContain('attacker → backend, GET /: let through, HTTP 200');
  expect(await stage.show({ kind: 'held' })).toBe(true);
  expect(await stage.show({ kind: 'failed', message: 'Expected a refusal' })).toBe(false);
});
