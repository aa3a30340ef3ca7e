import { expect, test } from 'vitest';

import { redact } from './redact.ts';

// Put together here, so that no scanner takes this file for a leak.
const token = ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJwbGFudGVkIn0', 'c2lnbmF0dXJlLW9mLWEtdG9rZW4'].join('.');

test('leaves what stands around a secret', () => {
  expect(redact(`before ${token} after`)).toBe('before [token removed] after');
});
