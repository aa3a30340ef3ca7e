import { expect, test } from 'vitest';

import { decidingStepsFaults, hasTitle, readDecidingSteps, readSteppedSpecs, titlesInSpec } from './deciding-steps.ts';

test('every step that is named is one of a spec that proves the assertion', async () => {
  const steps = await readDecidingSteps();
  expect(steps.size).toBeGreaterThan(300);
  expect(decidingStepsFaults(steps, await readSteppedSpecs())).toEqual([]);
});

test('titles are read out of a spec, with a mark for what is put in at run time', () => {
  const spec = "await lesson.step('Before: it\\'s open', x); lesson.step(`After ${seconds(3)} of ${n}`, y);";
  const titles = titlesInSpec(spec);
  expect(titles).toEqual(["Before: it's open", 'After … of …']);
  expect(hasTitle('After … of …', 'After 3 of 7')).toBe(true);
  expect(hasTitle('After … of …', 'Before 3 of 7')).toBe(false);
  expect(hasTitle('Who (1)?', 'Who (1)?')).toBe(true);
});

test('an id that nothing proves and a step that is not there are faults', () => {
  const specs = [{ path: 'a/b/c', proves: ['m1.e1.a1'], steps: ['Before'] }];
  expect(decidingStepsFaults(new Map([['m1.e1.a1', ['Before']]]), specs)).toEqual([]);
  expect(
    decidingStepsFaults(
      new Map([
        ['m1.e1.a1', ['After']],
        ['m1.e1.a9', ['Before']],
      ]),
      specs,
    ),
  ).toEqual(['m1.e1.a1: “After” is no step of a/b/c', 'm1.e1.a9: no spec proves it']);
});
