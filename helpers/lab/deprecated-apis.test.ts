import { expect, test } from 'vitest';

import { deprecatedApis } from './deprecated-apis.ts';

test('deprecated APIs are read from the metrics of the API server, each once', () => {
  const metrics = [
    '# TYPE apiserver_requested_deprecated_apis gauge',
    'apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1',
    'apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="1.32",resource="flowschemas",subresource="status",version="v1beta3"} 1',
    'apiserver_request_total{code="200"} 4',
  ].join('\n');
  expect(deprecatedApis(metrics)).toEqual([
    'flowcontrol.apiserver.k8s.io/v1beta3 flowschemas/status, removed in 1.32',
    'v1 endpoints',
  ]);
  expect(deprecatedApis('')).toEqual([]);
});
