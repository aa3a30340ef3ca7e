import { expect, test } from 'vitest';

import { withoutDescriptions } from './rollouts.ts';

test('texts that explain fields go, and fields of that name stay', () => {
  const schema = {
    description: 'What it is.',
    properties: {
      description: { type: 'string', description: 'A text of the user.' },
      steps: { items: [{ description: 'A step.', type: 'object' }] },
    },
  };
  expect(withoutDescriptions(schema)).toEqual({
    properties: { description: { type: 'string' }, steps: { items: [{ type: 'object' }] } },
  });
});

test('all else is as it was', () => {
  expect(withoutDescriptions({ served: true, weight: 0, none: null })).toEqual({ served: true, weight: 0, none: null });
});
