import { expect, test } from 'vitest';

import { asEvidence, nothingOtherwise, provingLines } from './evidence.ts';

const log = Array.from({ length: 200 }, (_, index) => `line ${index}`);

test('finds the one line that satisfies a check', () => {
  const output = log.with(150, 'POST / 403 denied').join('\n');
  expect(provingLines(output, (text) => /403 denied/.test(text))).toBe('POST / 403 denied');
});

test('finds as many lines as a check demands', () => {
  const output = log.with(10, 'probe a').with(90, 'probe b').with(180, 'probe c').join('\n');
  const probes = (text: string) => text.split('\n').filter((line) => line.startsWith('probe')).length;
  expect(provingLines(output, (text) => probes(text) >= 2).split('\n')).toHaveLength(2);
});

test('an absence is shown by no line', () => {
  expect(provingLines(log.join('\n'), (text) => !text.includes('attacker'))).toBe(nothingOtherwise);
});

test('leaves JSON as it is, and what a check can only read whole', () => {
  const json = JSON.stringify({ items: [1, 2, 3] }, undefined, 1);
  expect(provingLines(json, (text) => text.includes('items'))).toBe(json);
  expect(provingLines('a\nb\n', (text) => text === 'a\nb\n')).toBe('a\nb');
});

test('leaves a check with the whole output as what it read last', () => {
  let read = '';
  provingLines('a\nb\n', (text) => {
    read = text;
    return text.includes('b');
  });
  expect(read).toBe('a\nb\n');
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
