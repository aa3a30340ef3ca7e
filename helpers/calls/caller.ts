/** A container in which calls are made and commands are run. */
export interface Caller {
  readonly namespace: string;
  /** As kubectl names it, e.g. `deployment/frontend`. */
  readonly workload: string;
  /** The pod's default container unless named. */
  readonly container?: string;
}

/** kubectl's arguments that run a command there, where it is asked for with standard input. */
export function execArguments(
  { namespace, workload, container }: Caller,
  command: readonly string[],
  withInput = false,
): string[] {
  const inContainer = container === undefined ? [] : ['--container', container];
  const input = withInput ? ['--stdin'] : [];
  return ['--namespace', namespace, 'exec', ...input, workload, ...inContainer, '--', ...command];
}

/** What it is called in the story: its container where one is named, else its workload. */
export function roleOf({ workload, container }: Caller): string {
  return container ?? workload.slice(workload.indexOf('/') + 1);
}
