/** What work cost, as far as this process can tell: its own processor time, and that of the programs it started. */
import { existsSync, readFileSync } from 'node:fs';

import { startedPrograms } from './program.ts';

/** Programs started, and processor time used, since the process began or between two readings. */
export interface Cost {
  readonly programs: number;
  /** Milliseconds of processor time of this process. */
  readonly ownCpuMs: number;
  /** The same of programs that it started and that have ended; 0 on systems without `/proc`. */
  readonly programsCpuMs: number;
}

/** Of a tick of the kernel's clock, in which `/proc` counts; 100 to the second on every Linux that Node runs on. */
const tickMs = 10;

/** Reads what this process has cost until now. */
export function costSoFar(): Cost {
  const { user, system } = process.cpuUsage();
  return { programs: startedPrograms(), ownCpuMs: (user + system) / 1_000, programsCpuMs: endedChildrenMs() };
}

/** What was spent between two readings. */
export function costSince(before: Cost, now = costSoFar()): Cost {
  return {
    programs: now.programs - before.programs,
    ownCpuMs: Math.round(now.ownCpuMs - before.ownCpuMs),
    programsCpuMs: now.programsCpuMs - before.programsCpuMs,
  };
}

/** Processor times in a line of `/proc/<pid>/stat`, in milliseconds. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function readStat(stat: string): { name: string; parent: number; ownMs: number; endedChildrenMs: number } {
  // The second field is the program's name in brackets, which may hold anything.
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (place: number) => Number(fields[place - 3] ?? 0) * tickMs;
  return { name, parent: Number(fields[1]), ownMs: ticks(14) + ticks(15), endedChildrenMs: ticks(16) + ticks(17) };
}

function endedChildrenMs(): number {
  const file = '/proc/self/stat';
  return existsSync(file) ? readStat(readFileSync(file, 'utf8')).endedChildrenMs : 0;
}
