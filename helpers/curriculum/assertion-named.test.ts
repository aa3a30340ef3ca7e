import { expect, test } from 'vitest';

import { exitCodes } from '../system/errors.ts';
import { assertionNamed } from './assertion-named.ts';
import { exampleCurriculum } from './examples.ts';

const named = (id: string) => assertionNamed(id, 'make evidence ID=', exampleCurriculum);

test('an assertion is found by its id, in any case', () => {
  expect(named(' M1.e1.A2 ').id).toBe('m1.e1.a2');
});

test.each([
  ['', 'the id of an assertion is missing', 'm1.e4.a2'],
  ['e1', 'E1 is no assertion: it is something that is often told wrong', 'm1.e1.a1'],
  ['m1.e1', 'm1.e1 is a whole exercise; the ids of m1.e1 are m1.e1.a1, m1.e1.a2, m1.e1.rq', 'm1.e1.a1'],
  ['m1.e1.a9', 'm1.e1.a9 is not in the curriculum; the ids of m1.e1 are m1.e1.a1, m1.e1.a2, m1.e1.rq', 'm1.e1.a1'],
  ['m1.x', 'm1.x is no id of an assertion; specs/curriculum/m1.yaml has those of Foundation', 'm1.e1.a1'],
  ['latency', 'latency is no id of an assertion; its modules are m1 Foundation', 'm1.e4.a2'],
])('%j is answered with what is wrong and what to type', (id, message, next) => {
  expect(() => named(id)).toThrow(
    expect.objectContaining({ message, next: `make evidence ID=${next}`, exitCode: exitCodes.usage }),
  );
});
