/** How many calls of one caller to one workload each side's proxy has counted, by what came of them. */
import { readSamples } from './prometheus.ts';

/** Calls that one side has counted with one status and flag. */
export interface RequestCount {
  /** Pod whose proxy has counted. */
  readonly pod: string;
  readonly reporter: string;
  /** HTTP status; `0` where no answer was sent. */
  readonly code: string;
  /** E.g. `UO`, `-`. */
  readonly flags: string;
  readonly calls: number;
}

/** The query for the counters themselves: what the caller's proxy and the called workload's proxy have counted so far. */
export function requestCountsQuery(namespace: string, caller: string, called: string): string {
  const source = `reporter="source",source_workload="${caller}",source_workload_namespace="${namespace}"`;
  const target = `reporter="destination",destination_workload="${called}",destination_workload_namespace="${namespace}"`;
  const total = (selector: string) => `istio_requests_total{${selector}}`;
  return `sum by (pod, reporter, response_code, response_flags) (${total(source)} or ${total(target)})`;
}

/** Reads its answer. */
export function readRequestCounts(answer: string): RequestCount[] {
  return readSamples({ stdout: answer }).map(({ labels, value }) => ({
    pod: labels['pod'] ?? '',
    reporter: labels['reporter'] ?? '',
    code: labels['response_code'] ?? '',
    flags: labels['response_flags'] ?? '',
    calls: value,
  }));
}

/**
 * How many calls that satisfy were counted between two readings. A kind of call that was never made has no counter, which
 * is 0. A pod that is gone by the second reading is left out: Prometheus forgets its counters, however high they were.
 */
export function countedSince(
  before: readonly RequestCount[],
  now: readonly RequestCount[],
  holds: (count: RequestCount) => boolean,
): number {
  const earlier = new Map(before.map((count) => [nameOf(count), count.calls]));
  return now.filter(holds).reduce((sum, count) => sum + count.calls - (earlier.get(nameOf(count)) ?? 0), 0);
}

const nameOf = ({ pod, reporter, code, flags }: RequestCount) => [pod, reporter, code, flags].join(' ');

/** True for an error by which alerts are usually made: a status of 500 and above. */
export const is5xx = ({ code }: RequestCount): boolean => /^5..$/.test(code);
