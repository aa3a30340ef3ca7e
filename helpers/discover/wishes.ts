import { UsageProblem } from '../system/errors.ts';
import type { WorkloadName } from './an-incident.ts';
import type { Scope } from './collect.ts';
import type { PrometheusPlace } from './metrics.ts';

const name = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Namespaces in `a,b`; all where none is named. @throws {UsageProblem} if one cannot be a namespace's name */
export function scopeOf(value: string | undefined): Scope {
  if (value === undefined || value.trim() === '') return undefined;
  const named = value.split(',').map((each) => each.trim());
  const wrong = named.find((each) => !name.test(each));
  if (wrong === undefined) return [...new Set(named)];
  throw new UsageProblem(
    `NAMESPACES: “${wrong}” is no name of a namespace`,
    'separate names by a comma: NAMESPACES=a,b',
  );
}

/** The workload in `namespace/name`. @throws {UsageProblem} if it is written otherwise */
export function workloadOf(value: string | undefined): WorkloadName | undefined {
  if (value === undefined || value === '') return undefined;
  const [namespace = '', workload = '', ...more] = value.split('/');
  if (name.test(namespace) && workload !== '' && more.length === 0) return { namespace, workload };
  throw new UsageProblem(`WORKLOAD=${value} names no workload`, 'use WORKLOAD=namespace/name, e.g. of a Deployment');
}

/** METRICS=yes, or METRICS=namespace/service:port where the Service has another name. @throws {UsageProblem} otherwise */
export function metricsWanted(value: string | undefined): boolean | PrometheusPlace {
  if (value === undefined || value === '' || value === 'no') return false;
  if (value === 'yes') return true;
  const [, namespace, service, port] = /^([-a-z0-9]+)\/([-a-z0-9]+):([-a-z0-9]+)$/.exec(value) ?? [];
  if (namespace !== undefined && service !== undefined && port !== undefined) return { namespace, service, port };
  throw new UsageProblem(
    `METRICS=${value} is not supported`,
    'use METRICS=yes, or METRICS=namespace/service:port of a Prometheus, or leave it out',
  );
}
