/** What `kubectl exec` was asked to run, and where. */
export interface ExecCommand {
  readonly namespace: string;
  /** As kubectl names it: `deployment/frontend`, `pod/web`, or the name of a pod. */
  readonly workload: string;
  /** The pod's default container unless named. */
  readonly container: string | undefined;
  /** A program and its arguments. */
  readonly words: readonly [string, ...string[]];
}

const names: Readonly<Record<string, 'namespace' | 'container'>> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  '-c': 'container',
  '--container': 'container',
};

/** Reads kubectl's arguments; undefined if they are no plain `exec` of one command in one container. */
export function readExecCommand(args: readonly string[]): ExecCommand | undefined {
  const end = args.indexOf('--');
  const [program, ...rest] = end === -1 ? [] : args.slice(end + 1);
  if (program === undefined) return undefined;
  const named: Partial<Record<'namespace' | 'container', string>> = {};
  const others: string[] = [];
  const flags = args.slice(0, end).values();
  for (const word of flags) {
    const [flag = '', value = ''] = word.split('=', 2);
    const name = names[flag];
    if (name === undefined) others.push(word);
    else named[name] = flag === word ? (flags.next().value ?? '') : value;
  }
  const [verb, workload, ...more] = others;
  const { namespace, container } = named;
  if (verb !== 'exec' || workload === undefined || workload.startsWith('-') || more.length > 0) return undefined;
  return namespace === undefined ? undefined : { namespace, workload, container, words: [program, ...rest] };
}
