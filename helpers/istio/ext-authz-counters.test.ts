import { expect, test } from 'vitest';

import { extAuthzSince, readExtAuthzCounters } from './ext-authz-counters.ts';

const stats = `cluster.inbound|80||.ext_authz.denied: 4
http.inbound_0.0.0.0_80;.ext_authz.denied: 2
http.inbound_0.0.0.0_80;.ext_authz.disabled: 7
http.inbound_0.0.0.0_80;.ext_authz.error: 3
http.inbound_0.0.0.0_80;.ext_authz.failure_mode_allowed: 1
http.inbound_0.0.0.0_80;.ext_authz.ignored_dynamic_metadata: 9
http.inbound_0.0.0.0_80;.ext_authz.ok: 5
http.inbound_0.0.0.0_8080;.ext_authz.ok: 1
`;

test('the counters of all inbound ports are added up, and none of a cluster is taken for one', () => {
  expect(readExtAuthzCounters(stats)).toEqual({ ok: 6, denied: 2, failed: 3, letThrough: 1, notAsked: 7 });
});

test('a proxy that asks nobody has counted nothing, and what counts is what came since', () => {
  const nothing = readExtAuthzCounters('');
  expect(nothing).toEqual({ ok: 0, denied: 0, failed: 0, letThrough: 0, notAsked: 0 });
  const seen = readExtAuthzCounters(stats);
  expect(extAuthzSince(nothing, seen)).toEqual(seen);
  expect(extAuthzSince(seen, seen)).toEqual(nothing);
});
