import { expect, test } from 'vitest';

import { endsSo } from './proxy-lines.ts';

const refused = {
  status: 503,
  flags: ['UF', 'URX'],
  details: /^upstream_reset_before_response_started\{remote_connection_failure\|.+\}$/,
};
const details =
  'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}';

test('flags are compared as a set, and all of them', () => {
  expect(endsSo({ status: 503, flags: 'UF,URX', details }, refused)).toBe(true);
  expect(endsSo({ status: 503, flags: 'URX,UF', details }, refused)).toBe(true);
  expect(endsSo({ status: 503, flags: 'UF', details }, refused)).toBe(false);
  expect(endsSo({ status: 503, flags: '-', details: 'via_upstream' }, refused)).toBe(false);
});

test('no flag is a dash, and details are the whole text', () => {
  const passedOn = { status: 503, flags: [], details: 'via_upstream' };
  expect(endsSo({ status: 503, flags: '-', details: 'via_upstream' }, passedOn)).toBe(true);
  expect(endsSo({ status: 503, flags: '-', details: 'via_upstream_too' }, passedOn)).toBe(false);
  expect(endsSo({ status: 502, flags: '-', details: 'via_upstream' }, passedOn)).toBe(false);
});
