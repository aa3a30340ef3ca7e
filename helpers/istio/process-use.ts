/** What the process of a proxy has used of its machine, as the kernel counts it. https://man7.org/linux/man-pages/man5/proc.5.html */
import { readStat } from '../system/cost.ts';

/** One reading of one process. */
export interface ProcessUse {
  /** Seconds since the machine was started: the clock of the reading. */
  readonly atSeconds: number;
  /** Processor time since the process was started, in milliseconds; counted in steps of ten. */
  readonly processorMs: number;
  /** Memory that it has now, in MiB, with the program's own pages and what it shares. */
  readonly residentMiB: number;
  /** What of that nobody else has, and no file: its heap and stacks. */
  readonly anonymousMiB: number;
}

/**
 * Behind `kubectl exec POD`: prints the figures of a program of that container.
 *
 * @param program as the kernel names it, e.g. `envoy`, which is not the agent that watches it
 */
export function processUseCommand(program: string): string[] {
  const script = `cat /proc/uptime; for p in /proc/[0-9]*; do if [ "$(cat $p/comm 2>/dev/null)" = ${program} ]; then cat $p/stat $p/status; fi; done`;
  return ['--', 'sh', '-c', script];
}

/** Reads what that command prints. @throws {Error} unless it is of one process */
export function readProcessUse(output: string): ProcessUse {
  const [uptime = '', ...lines] = output.split('\n');
  const stats = lines.filter((line) => /^\d+ \(/.test(line));
  const [stat] = stats;
  if (stat === undefined || stats.length > 1)
    throw new Error(`${stats.length} processes have the name, where there is one: ${output.slice(0, 200)}`);
  const inMiB = (name: string) => {
    const [, kibibytes] = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(output) ?? [];
    if (kibibytes === undefined) throw new Error(`the kernel does not tell ${name}`);
    return Number(kibibytes) / 1024;
  };
  return {
    atSeconds: Number(uptime.split(' ')[0]),
    processorMs: readStat(stat).ownMs,
    residentMiB: inMiB('VmRSS'),
    anonymousMiB: inMiB('RssAnon'),
  };
}
