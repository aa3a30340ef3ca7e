/** The gateway through which calls of another network come in: where it is, and what its log has of them. */
import { flagsOf, type ProxyLogLine, readProxyLog } from './proxy-log.ts';

const inIstioSystem = ['--namespace', 'istio-system'];

/** Port on which it takes calls of other clusters, which it forwards by the name that their TLS asks for. */
export const eastWestPort = 15443;

/** Arguments of kubectl: prints the address at which other clusters reach it. */
export const eastWestAddressCommand: readonly string[] = [
  'get',
  'service',
  'istio-eastwestgateway',
  ...inIstioSystem,
  '-o',
  'jsonpath={.status.loadBalancer.ingress[0].ip}',
];

/** Arguments of kubectl: prints all that it has logged, a line for each connection that has ended. */
export const eastWestLogCommand: readonly string[] = [
  'logs',
  'deployment/istio-eastwestgateway',
  ...inIstioSystem,
  '--tail=-1',
];

/** Name that a proxy asks for in its TLS when it calls a Service behind a gateway. */
export function eastWestName(service: string, namespace: string, { port = 80, subset = '' } = {}): string {
  return `outbound_.${port}_.${subset === '' ? '_' : `${subset}_`}.${service}.${namespace}.svc.cluster.local`;
}

/** Lines of a gateway's log about connections that asked for a name: those it forwarded, and those that led nowhere. */
export function askedForAtGateway(
  log: string,
  name: string,
): { readonly forwarded: ProxyLogLine[]; readonly unknown: ProxyLogLine[] } {
  const lines = readProxyLog(log).filter(({ serverName }) => serverName === name);
  const isUnknown = (line: ProxyLogLine) => flagsOf(line).includes('NR');
  return { forwarded: lines.filter((line) => !isUnknown(line)), unknown: lines.filter(isUnknown) };
}
