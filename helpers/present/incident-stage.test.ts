import { stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import type { IncidentVerdict } from '../istio/incident-verdict.ts';
import { exampleCalls, exampleFault, exampleKinds } from './examples.ts';
import { IncidentStage } from './incident-stage.ts';

const answers = { Q1: [], Q2: [], Q3: [{ labels: { pod: 'backend-d' }, value: 1 }], Q4: [], Q5: [] };
const verdict: IncidentVerdict = { kind: 'failing pod', component: 'backend-d', because: 'Q3: 100 % of its answers' };

/** A drill in which a person types these lines, one every ten seconds, or in which nobody is asked. */
async function drill(typed: readonly string[] | undefined, says = verdict) {
  const shown: string[] = [];
  let now = 0;
  const left = [...(typed ?? [])];
  const stage = new IncidentStage({
    exercise: { stage: 'A shop.', fair: 'Play fair.', kinds: exampleKinds },
    fault: exampleFault,
    ground: {
      namespace: 'drill',
      customer: async () => exampleCalls,
      answers: async () => answers,
      verdict: async () => ({ verdict: says, answers }),
    },
    say: (line) => shown.push(stripVTControlCharacters(line)),
    ask:
      typed &&
      (async (prompt) => {
        shown.push(stripVTControlCharacters(prompt));
        now += 10_000;
        return left.shift();
      }),
    now: () => now,
    width: 100,
  });
  stage.open();
  return { search: await stage.search(exampleCalls), text: shown.join('\n') };
}

test('the customer is heard, guesses are judged, and the right one stops the clock', async () => {
  const { search, text } = await drill(['1 backend', '2 backend-d']);
  expect(text).toMatch(/HEARD +“Now and then it fails\.”\nSEEN +Of 60 calls: 41 × 200, 19 × 502/);
  expect(text).toMatch(/0:00 > \n +✕ It is in backend[^]*0:10 > \n +✓ Right: failing pod, backend-d\./);
  expect(search).toEqual({
    played: true,
    named: true,
    queriesNamedIt: true,
    guesses: 2,
    hints: 0,
    elapsedMs: 20_000,
    stopped: false,
  });
});

test('before the right guess nothing on the screen names the fault', async () => {
  const { text } = await drill(['h', 'c', '', 'q']);
  expect(text).toContain('failing pod: a pod fails');
  expect(text).not.toContain('backend-d');
});

test('each hint tells more: where to look, the query, and what it finds', async () => {
  const { search, text } = await drill(['h', 'h', 'h', 'a']);
  expect(text).toMatch(/HINT +Ask each pod\.[^]*Q3 +Which share[^]*kubectl get --raw[^]*pod=backend-d: 100 %/);
  expect(search).toMatchObject({ hints: 3, named: false, queriesNamedIt: true, stopped: false });
});

test('afterwards all five queries stand there with their verdict, and why', async () => {
  const { text } = await drill(['a']);
  expect(text).toMatch(/The five queries[^]*\nQ1 [^]*\nQ5 [^]*✓ failing pod: backend-d \(Q3: 100 % of its answers\)/);
  expect(text).toMatch(/WHY +Siblings do the same work\./);
});

test('whoever ends it before sees nothing of that', async () => {
  for (const typed of [['q'], []]) {
    const { search, text } = await drill(typed);
    expect(search).toMatchObject({ stopped: true, named: false, queriesNamedIt: false });
    expect(text).not.toContain('The five queries');
  }
});

test('where nobody is asked the queries find it, or do not', async () => {
  expect((await drill(undefined)).search).toMatchObject({ played: false, named: false, queriesNamedIt: true });
  const { search, text } = await drill(undefined, { kind: 'unexplained', component: '', because: 'Q1, Q2: errors' });
  expect(search.queriesNamedIt).toBe(false);
  expect(text).toMatch(/✕ unexplained[^]*It was: failing pod: backend-d, which Q3 names\./);
});
