import { expect, test } from 'vitest';

import { type DemoCard, demoFaults, stepTitles } from './demo-card.ts';
import { exampleCurriculum, exampleDemoCard as card } from './examples.ts';

const spec = {
  steps: ["Before: nobody's name is known", 'After: it is'],
  proves: ['m1.e1.a1'],
  manifests: ['10-setup.yaml', '20-names.yaml'],
};
const [first, second] = card.beats as [DemoCard['beats'][0], DemoCard['beats'][0]];

const faults = (changed: object, presented = spec) => demoFaults({ ...card, ...changed }, presented, exampleCurriculum);
const beatFaults = (changed: object) => faults({ beats: [{ ...first, ...changed }, second] });

test('a demo that fits its exercise and the curriculum has no faults', () => {
  expect(faults({})).toEqual([]);
});

test('the steps of a spec are read out of its text, however they are quoted', () => {
  expect(
    stepTitles(`
      await lesson.step('One: it\\'s "so"', async () => {});
      await lesson.step(
        "Two: it's there",
        async () => {},
      );
      await lesson.step(\`Three\`, again);
      await lesson.step(\`Four: \${name}\`, again);
      step('not one of the lesson', later);
    `),
  ).toEqual([`One: it's "so"`, "Two: it's there", 'Three']);
});

test('there is one beat for each step, with its title, in its place', () => {
  expect(faults({ beats: [second, first] })).toEqual([
    "beats[0].step: is “After: it is”, and the step of the spec is “Before: nobody's name is known”",
    "beats[1].step: is “Before: nobody's name is known”, and the step of the spec is “After: it is”",
  ]);
  expect(faults({ beats: [first] })).toEqual(['beats: none is for the step “After: it is”']);
  expect(faults({}, { ...spec, steps: spec.steps.slice(0, 1) })).toEqual([
    'beats[1]: “After: it is” is no step of the spec',
  ]);
});

test('the beats take no longer than the limit, and the limit is five minutes at most', () => {
  expect(faults({ limit: 100 })).toEqual(['beats: take 120 seconds, the limit is 100']);
  expect(faults({ limit: 301 })).toEqual(['limit: is 301 seconds, 300 are the most']);
  expect(beatFaults({ seconds: 0 })).toEqual(['beats[0].seconds: is no number of seconds']);
});

test('all that is printed fits a page', () => {
  const answer = 'x'.repeat(200);
  const long = Array.from({ length: 8 }, (_, index) => ({
    ...first,
    step: `Step ${index}`,
    seconds: 10,
    answer,
    say: [
      { says: answer, opinion: true },
      { says: answer, opinion: true },
    ],
  }));
  const steps = long.map(({ step }) => step);
  expect(faults({ beats: long.slice(0, 4) }, { ...spec, steps: steps.slice(0, 4) })).toEqual([]);
  expect(faults({ beats: long }, { ...spec, steps })).toEqual([
    expect.stringMatching(/^beats: with all else \d+ characters are printed, 4200 fit a page$/),
  ]);
});

test('every sentence that is said or answered has something behind it', () => {
  expect(beatFaults({ say: [{ says: 'It is so.' }] })).toEqual([
    'beats[0].say[0]: “It is so.” cites nothing and is not labelled as opinion',
  ]);
  const questions = [{ question: 'Is it?', answer: 'It is.' }, ...card.questions.slice(1)];
  expect(faults({ questions })).toEqual(['questions[0]: “Is it?” cites nothing and is not labelled as opinion']);
});

test('ids and errata are those of the curriculum', () => {
  expect(beatFaults({ show: ['m1.e1.a1', 'm9.e9.a9'] })).toEqual([
    "beats[0].show: “Before: nobody's name is known” cites m9.e9.a9, which no exercise can assert",
  ]);
  expect(beatFaults({ say: [{ says: 'No.', errata: ['E9'] }] })).toEqual([
    'beats[0].say[0]: “No.” names E9, which is no erratum',
  ]);
  const [kept] = card.neverSay;
  expect(faults({ neverSay: [kept, { says: 'It waits.', errata: ['E8'] }] })).toEqual([
    'neverSay[1]: “It waits.” names E8, which is no erratum',
  ]);
});

test('a beat shows something that its exercise proves', () => {
  expect(beatFaults({ show: ['m1.e1.a2'] })).toEqual(['beats[0].show: has nothing that the spec proves']);
});

test('manifests that a beat names are those of the exercise', () => {
  expect(beatFaults({ run: 'kubectl apply -f 30-others.yaml' })).toEqual([
    'beats[0].run: 30-others.yaml is no manifest of the exercise',
  ]);
});

test('what is missing, unknown, too long or too much is named with its place', () => {
  const { ask: _ask, ...silent } = first;
  expect(faults({ beats: [{ ...silent, show: [], pick: 1, note: 'x'.repeat(301) }, second] })).toEqual([
    'beats[0].pick: is not known',
    'beats[0].ask: is missing',
    'beats[0].note: has 301 characters, 300 fit',
    'beats[0].show: is no list of ids',
  ]);
  expect(faults({ neverSay: [{ says: 'Never.' }], beats: 'none', colour: 'red' })).toEqual([
    'colour: is not known',
    'beats: is no list',
    'neverSay: has 1 entries, 2 fit',
    'neverSay[0].errata: is no list of ids',
  ]);
});
