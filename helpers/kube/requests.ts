/** What containers ask the scheduler to keep for them. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/ */

/** Requested CPU in thousandths of a core, and memory in MiB. */
export interface Requests {
  readonly milliCpu: number;
  readonly mebibytes: number;
}

const memoryUnits = { Ki: 1 / 1024, Mi: 1, Gi: 1024 } as const;

/**
 * Reads the `resources.requests` of a container.
 *
 * @param requests e.g. `{ cpu: '100m', memory: '128Mi' }`; a number of cores has no unit, memory is in Ki, Mi or Gi
 * @throws {RangeError} if a quantity is missing, or is written in another way
 */
export function readRequests(requests: { readonly cpu?: string | number; readonly memory?: string }): Requests {
  const [, cores = '', thousandths = ''] = /^(?:(\d+(?:\.\d+)?)|(\d+)m)$/.exec(String(requests.cpu)) ?? [];
  const [, amount = '', unit = ''] = /^(\d+)(Ki|Mi|Gi)$/.exec(String(requests.memory)) ?? [];
  const milliCpu = cores === '' ? thousandths : String(Number(cores) * 1000);
  if (milliCpu === '' || amount === '')
    throw new RangeError(`${JSON.stringify(requests)} does not say how much CPU and memory is asked for`);
  return { milliCpu: Number(milliCpu), mebibytes: Number(amount) * memoryUnits[unit as keyof typeof memoryUnits] };
}
