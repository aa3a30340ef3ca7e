import { expect, test } from 'vitest';

import { newestTag } from './images.ts';

test('a tag is followed by the newest of its own form and line', () => {
  const tags = ['v1.36.5-k3s1', 'v1.36.6-k3s1', 'v1.36.10-k3s1', 'v1.36.11-rc1-k3s1', 'v1.37.1-k3s1', 'latest'];
  expect(newestTag('v1.36.5-k3s1', tags)).toBe('v1.36.10-k3s1');
  expect(newestTag('v1.37.1-k3s1', tags)).toBeUndefined();
  expect(newestTag('1.30.5', ['1.30.6', '1.30', '1.30.6-alpine', '1.31.0'])).toBe('1.30.6');
  expect(newestTag('trixie-20261005-slim', ['trixie-20261102-slim', 'bookworm-20261201-slim'])).toBe(
    'trixie-20261102-slim',
  );
});
