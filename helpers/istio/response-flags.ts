/**
 * The flags that Envoy 1.39 writes into its access log, in the order of the alphabet: which status goes with each, what it
 * means in a mesh, what to type first, and the row of the curriculum whose lesson provokes it.
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */

/** One flag. */
export interface ResponseFlag {
  readonly flag: string;
  /** Status of the answer that the caller gets with it; `any` where the flag does not decide it. */
  readonly status: string;
  readonly means: string;
  /** First command, with `CALLER` and `CALLED` for the workloads. */
  readonly first: string;
  /** Row of the curriculum that provokes it; or why no lesson does. */
  readonly seen: { readonly by: string } | { readonly never: string };
}

const routes = 'istioctl proxy-config routes deploy/CALLER -o json';
const clusters = 'istioctl proxy-config clusters deploy/CALLER -o json';
const endpoints = 'istioctl proxy-config endpoints deploy/CALLER';
const calledLog = 'kubectl logs deploy/CALLED -c istio-proxy';
const appLog = 'kubectl logs deploy/CALLED';
const callerLog = 'kubectl logs deploy/CALLER';
const listeners = 'istioctl proxy-config listeners deploy/CALLED -o json';
const service = 'kubectl get service CALLED -o yaml';
const bootstrap = 'istioctl proxy-config bootstrap deploy/CALLED';
const notSet = 'a filter or setting that no resource of Istio asks for';
const later = 'Module 8 is to show it, which is not there yet';
const timerOff = 'a timer that Istio leaves off';
const http2 = 'a stream of HTTP/2 that is reset; the servers of the course speak HTTP/1.1';

export const responseFlags: readonly ResponseFlag[] = [
  { flag: 'DC', status: '0', means: 'the caller went before the answer', first: callerLog, seen: { by: 'm6.e5.a2' } },
  {
    flag: 'DF',
    status: '503',
    means: 'a name could not be looked up by the proxy',
    first: endpoints,
    seen: { never: 'a setting for the whole mesh' },
  },
  { flag: 'DI', status: 'any', means: 'a delay was injected by a rule', first: routes, seen: { by: 'm6.e5.a2' } },
  {
    flag: 'DO',
    status: '503',
    means: 'a share of the calls is dropped on purpose',
    first: endpoints,
    seen: { never: notSet },
  },
  {
    flag: 'DPE',
    status: '400',
    means: 'what came from the caller is no HTTP',
    first: service,
    seen: { by: 'm6.e5.a6' },
  },
  { flag: 'DR', status: '0', means: 'the caller reset its stream', first: callerLog, seen: { never: http2 } },
  {
    flag: 'DT',
    status: 'any',
    means: 'a connection or call lasted longer than it may',
    first: listeners,
    seen: { never: timerOff },
  },
  { flag: 'FI', status: 'any', means: 'an abort was injected by a rule', first: routes, seen: { by: 'm6.e5.a2' } },
  {
    flag: 'IH',
    status: '400',
    means: 'a header for Envoy has a wrong value',
    first: callerLog,
    seen: { never: notSet },
  },
  {
    flag: 'LH',
    status: '503',
    means: 'the proxy says of itself that it is not healthy',
    first: bootstrap,
    seen: { never: notSet },
  },
  { flag: 'LR', status: '503', means: 'the proxy itself reset the stream', first: calledLog, seen: { never: http2 } },
  {
    flag: 'NC',
    status: '503',
    means: 'the route leads to a Service or subset that is not defined',
    first: 'istioctl analyze',
    seen: { by: 'm6.e5.a1' },
  },
  {
    flag: 'NFCF',
    status: '500',
    means: 'the settings of a filter have not arrived',
    first: 'istioctl proxy-status',
    seen: { never: notSet },
  },
  {
    flag: 'NR',
    status: '404',
    means: 'no route for the path; of a connection, no part of the listener for it',
    first: routes,
    seen: { by: 'm6.e5.a2' },
  },
  {
    flag: 'OM',
    status: '503',
    means: 'the proxy is short of memory or connections',
    first: bootstrap,
    seen: { never: notSet },
  },
  { flag: 'RFCF', status: 'any', means: 'the answer came from a cache', first: listeners, seen: { never: notSet } },
  { flag: 'RL', status: '429', means: 'a limit of calls was reached', first: listeners, seen: { never: later } },
  {
    flag: 'RLSE',
    status: '500',
    means: 'the service that counts calls has failed',
    first: listeners,
    seen: { never: notSet },
  },
  {
    flag: 'SI',
    status: '408',
    means: 'nothing came on the stream for too long',
    first: listeners,
    seen: { never: timerOff },
  },
  {
    flag: 'UAEX',
    status: '403',
    means: 'an authorization service has refused',
    first: 'kubectl get authorizationpolicy',
    seen: { never: later },
  },
  {
    flag: 'UC',
    status: '503',
    means: 'the connection was closed before the answer',
    first: appLog,
    seen: { by: 'm6.e5.a6' },
  },
  { flag: 'UDO', status: '503', means: 'all calls are dropped on purpose', first: endpoints, seen: { never: notSet } },
  {
    flag: 'UF',
    status: '503',
    means: 'no connection: nobody listens, or the network is shut',
    first: endpoints,
    seen: { by: 'm6.e5.a1' },
  },
  {
    flag: 'UH',
    status: '503',
    means: 'no pod is ready, or all are ejected',
    first: endpoints,
    seen: { by: 'm6.e5.a1' },
  },
  {
    flag: 'UMSDR',
    status: '504',
    means: 'the stream lasted longer than it may',
    first: routes,
    seen: { never: timerOff },
  },
  {
    flag: 'UO',
    status: '503',
    means: 'the limit of a DestinationRule was reached',
    first: clusters,
    seen: { by: 'm6.e5.a1' },
  },
  {
    flag: 'UPE',
    status: '502',
    means: 'what the called answered is no HTTP',
    first: service,
    seen: { by: 'm6.e5.a6' },
  },
  { flag: 'UR', status: '503', means: 'the called reset its stream', first: calledLog, seen: { never: http2 } },
  { flag: 'URX', status: 'any', means: 'all retries failed too', first: calledLog, seen: { by: 'm6.e5.a2' } },
  { flag: 'UT', status: '504', means: 'the timeout of a rule has passed', first: routes, seen: { by: 'm6.e5.a2' } },
];

/** What the table of the flags says of one, cell by cell. */
export function flagCells({ flag, status, means, first, seen }: ResponseFlag): string[] {
  return [flag, status, means, first, 'by' in seen ? `provoked by ${seen.by}` : `not provoked: ${seen.never}`];
}
