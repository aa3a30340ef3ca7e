import { expect, test } from 'vitest';

import { pluralOf } from './api.ts';

test.each([
  ['Service', 'services'],
  ['NetworkPolicy', 'networkpolicies'],
  ['ServiceEntry', 'serviceentries'],
  ['Gateway', 'gateways'],
  ['GatewayClass', 'gatewayclasses'],
  ['ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings'],
  ['Telemetry', 'telemetries'],
])('objects of the kind %s are called %s', (kind, plural) => {
  expect(pluralOf(kind)).toBe(plural);
});
