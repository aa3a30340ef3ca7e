import { expect, test } from 'vitest';

import { asEvidence, inWords, nothingOtherwise, provingPart } from './evidence.ts';

const log = Array.from({ length: 200 }, (_, index) => `line ${index}`);

test('finds the one line that satisfies a check', () => {
  const output = log.with(150, 'POST / 403 denied').join('\n');
  expect(provingPart(output, (text) => /403 denied/.test(text))).toBe('POST / 403 denied');
});

test('finds as many lines as a check demands', () => {
  const output = log.with(10, 'probe a').with(90, 'probe b').with(180, 'probe c').join('\n');
  const probes = (text: string) => text.split('\n').filter((line) => line.startsWith('probe')).length;
  expect(provingPart(output, (text) => probes(text) >= 2).split('\n')).toHaveLength(2);
});

test('an absence is shown by no line', () => {
  expect(provingPart(log.join('\n'), (text) => !text.includes('attacker'))).toBe(nothingOtherwise);
});

test('finds the fields of JSON that satisfy a check', () => {
  const routes = [
    {
      name: 'a',
      routes: [
        { weight: 10, to: 'v2' },
        { weight: 90, to: 'v1' },
      ],
    },
    { name: 'b' },
  ];
  const weight = (json: string) =>
    (JSON.parse(json) as typeof routes)[0]?.routes?.find(({ to }) => to === 'v2')?.weight;
  const found = provingPart(JSON.stringify(routes, undefined, 1), (json) => weight(json) === 10);
  expect(JSON.parse(found)).toEqual([{ routes: [{ weight: 10, to: 'v2' }] }]);
});

test('leaves JSON whole where the check is of all there is, and text that can only be read whole', () => {
  const json = JSON.stringify([1, 2, 3]);
  expect(provingPart(json, (text) => (JSON.parse(text) as number[]).every((each) => each > 0))).toBe(json);
  expect(provingPart('a\nb\n', (text) => text === 'a\nb\n')).toBe('a\nb');
});

test('leaves a check with the whole output as what it read last', () => {
  let read = '';
  provingPart('a\nb\n', (text) => {
    read = text;
    return text.includes('b');
  });
  expect(read).toBe('a\nb\n');
});

test('finds the line in a log of many megabytes', () => {
  const output = `${`${'x'.repeat(99)}\n`.repeat(60_000)}it was rejected\n${`${'y'.repeat(99)}\n`.repeat(10)}`;
  expect(provingPart(output, (text) => text.includes('rejected'))).toBe('it was rejected');
});

test('gives a long output whole once it has asked too often, and prepares no further question', () => {
  const lines = Array.from({ length: 40_000 }, (_, index) => `line ${index}`);
  let asked = 0;
  const found = provingPart(lines.join('\n'), (text) => {
    asked += 1;
    return text.split('\n').filter((line) => line !== '').length === lines.length;
  });
  expect(found.split('\n')).toHaveLength(lines.length);
  expect(asked).toBeLessThan(402);
});

test('keeps what stands around the proof, and how much was left out', () => {
  const { evidence, around = '' } = asEvidence('line 100', log.join('\n'));
  expect(evidence).toBe('line 100');
  expect(around).toContain('… 85 lines before');
  expect(around).toContain('line 101');
  expect(around).toContain('… 85 lines more');
});

test('says nothing twice, and cuts what is long', () => {
  expect(asEvidence('two endpoints', 'two endpoints\n')).toEqual({ evidence: 'two endpoints' });
  const { evidence } = asEvidence(log.join('\n'), log.join('\n'));
  expect(evidence.split('\n')).toHaveLength(7);
  expect(evidence).toMatch(/…$/);
});

test('puts what was measured into words', () => {
  expect(inWords({ v1: 20, v2: 0 })).toBe('v1: 20, v2: 0');
  expect(inWords([200, 200])).toBe('200, 200');
  expect(inWords([{ name: 'frontend', statuses: [200, 403] }, { name: 'attacker' }])).toBe(
    'name: frontend, statuses: (200, 403)\nname: attacker',
  );
  expect(inWords('as it is')).toBe('as it is');
});
