import { versions } from '../../kind/catalogue.ts';
import { readExportedRecords } from '../istio/exported-records.ts';
import type { Contract } from './contract.ts';

const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

/** A span as OpenTelemetry sends it over HTTP, of the service `contracts`. https://opentelemetry.io/docs/specs/otlp/ */
const span = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'contracts' } }] },
      scopeSpans: [
        { spans: [{ traceId, spanId, name: 'asked', kind: 2, startTimeUnixNano: '1000', endTimeUnixNano: '3000' }] },
      ],
    },
  ],
};

const alert = [{ labels: { alertname: 'Contracts', workload: 'backend' } }];

/** Posts JSON from the curl pod, and prints the status. */
const posted = (url: string, body: unknown) => [
  'curl',
  '-s',
  '-m',
  '3',
  '-o',
  '/dev/null',
  '-w',
  '%{http_code}',
  '-H',
  'content-type: application/json',
  '-d',
  JSON.stringify(body),
  url,
];

/** A line of an access log as OpenTelemetry sends it over HTTP. */
const logRecord = {
  resourceLogs: [
    {
      scopeLogs: [
        {
          logRecords: [
            { body: { stringValue: 'GET /contracts' }, attributes: [{ key: 'code', value: { stringValue: '200' } }] },
          ],
        },
      ],
    },
  ],
};

const firstLine = (seen: string) => seen.split('\n')[0] ?? '';

/** Images that traces, records of calls and alerts go to: Jaeger and Alertmanager. */
export const contractsOfTheObservers: readonly Contract[] = [
  {
    name: 'jaeger-spans',
    image: 'jaeger',
    expected:
      'started as another user than root, on a file system that it cannot write to, it takes a span over OTLP, gives it back by the id of its trace, and knows its service',
    usedBy: /needs: \[[^\]]*'tracing'/,
    alsoUsedBy: 'make observability',
    ask: async ({ apply, inPod, kubectl, until }) => {
      await apply('14-jaeger.yaml');
      const ready = await kubectl('wait', 'pod/jaeger', '--for=condition=Ready', '--timeout=60s');
      // A Service leads to its pod a moment after that is Ready.
      const taken = await until(
        () => inPod('curl', ...posted('http://jaeger:4318/v1/traces', span)),
        (seen) => firstLine(seen) === '200',
      );
      const ask = (path: string) => inPod('curl', 'curl', '-s', '-m', '3', `http://jaeger:16686/api/${path}`);
      const trace = await until(
        () => ask(`traces/${traceId}`),
        (seen) => seen.includes('"operationName"'),
      );
      const [, operation] = /"operationName":\s*"([^"]+)"/.exec(trace) ?? [];
      const [, duration] = /"duration":\s*(\d+)/.exec(trace) ?? [];
      const services = (await ask('services')).includes('"contracts"') ? 'its service' : 'no such service';
      return `${firstLine(ready)}; posted: ${firstLine(taken)}; ${operation} took ${duration} µs, ${services}`;
    },
    holds: (seen) => seen.endsWith('condition met; posted: 200; asked took 2 µs, its service'),
  },
  {
    name: 'jaeger-log-records',
    image: 'jaeger',
    expected:
      'it is a collector too: with a pipeline of logs and nothing else it takes a record over OTLP, and prints its text and its attributes',
    usedBy: /collectorLogCommand/,
    ask: async ({ apply, inPod, kubectl, until }) => {
      await apply('17-collector.yaml');
      const ready = await kubectl('wait', 'pod/collector', '--for=condition=Ready', '--timeout=60s');
      const taken = await until(
        () => inPod('curl', ...posted('http://collector:4318/v1/logs', logRecord)),
        (seen) => firstLine(seen) === '200',
      );
      const log = await until(
        () => kubectl('logs', 'collector'),
        (seen) => seen.includes('LogRecord #0'),
      );
      const [{ body, attributes } = { body: 'none', attributes: {} }] = readExportedRecords(log);
      return `${firstLine(ready)}; posted: ${firstLine(taken)}; ${body}, code ${attributes['code']}`;
    },
    holds: (seen) => seen.endsWith('condition met; posted: 200; GET /contracts, code 200'),
  },
  {
    name: 'alertmanager-notifies',
    image: 'alertmanager',
    expected:
      'started as another user than root, without a cluster, it says its version and tells a webhook of an alert that it is told of',
    usedBy: /prom\/alertmanager/,
    ask: async ({ apply, inPod, kubectl, until }) => {
      await apply('15-alertmanager.yaml');
      const ready = await kubectl('wait', 'pod/alertmanager', '--for=condition=Ready', '--timeout=60s');
      const status = await until(
        () => inPod('curl', 'curl', '-s', '-m', '3', 'http://alertmanager:9093/api/v2/status'),
        (seen) => seen.includes('"version"'),
      );
      const [, version] = /"version":"([^"]+)"/.exec(status) ?? [];
      const taken = await inPod('curl', ...posted('http://alertmanager:9093/api/v2/alerts', alert));
      const told = await until(
        () => inPod('curl', 'curl', '-s', '-m', '3', 'http://test-server/inbox'),
        (seen) => seen.includes('Contracts'),
      );
      const [, state] = /"receiver":"pager","status":"(\w+)"/.exec(told) ?? [];
      return `${firstLine(ready)}; ${version}; posted: ${firstLine(taken)}; the webhook is told: ${state}`;
    },
    holds: (seen) => seen.endsWith(`condition met; ${versions.alertmanager}; posted: 200; the webhook is told: firing`),
  },
];
