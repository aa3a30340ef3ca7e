import { expect, test } from 'vitest';

import { readExportedRecords } from './exported-records.ts';

/** Two calls that came together, as the collector prints them. */
const printed = `Logs	{"resource logs": 1, "log records": 2}
ResourceLog #0
Resource SchemaURL: 
Resource attributes:
     -> log_name: Str(otel_envoy_accesslog)
ScopeLogs #0
ScopeLogs SchemaURL: 
InstrumentationScope  
LogRecord #0
ObservedTimestamp: 1970-01-01 00:00:00 +0000 UTC
Timestamp: 2026-11-29 20:42:02.1 +0000 UTC
SeverityText: 
SeverityNumber: Unspecified(0)
Body: Str(GET /claims/1)
Attributes:
     -> caller: Str(spiffe://cluster.local/ns/shop/sa/clerk)
     -> details: Str(rbac_access_denied_matched_policy[ns[shop]-policy[none]-rule[0]])
Trace ID: 
Span ID: 
Flags: 0
LogRecord #1
ObservedTimestamp: 1970-01-01 00:00:00 +0000 UTC
Timestamp: 2026-11-29 20:42:02.2 +0000 UTC
SeverityText: 
SeverityNumber: Unspecified(0)
Body: Str(GET /claims/2)
Trace ID: 
Span ID: 
Flags: 0

Logs	{"resource logs": 1, "log records": 1}
ResourceLog #0
`;

test('each record has its text and its attributes, and none of those of the proxy that sent it', () => {
  expect(readExportedRecords(printed)).toEqual([
    {
      body: 'GET /claims/1',
      attributes: {
        caller: 'spiffe://cluster.local/ns/shop/sa/clerk',
        details: 'rbac_access_denied_matched_policy[ns[shop]-policy[none]-rule[0]]',
      },
    },
    { body: 'GET /claims/2', attributes: {} },
  ]);
});

test('a collector that has only begun has no record', () => {
  expect(readExportedRecords('2026/11/29 20:42:02 application version: git-version=v2.13.0\n')).toEqual([]);
});
