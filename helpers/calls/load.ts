import type { Milestone, Moment } from '../draw/charts.ts';
/** Load on a service: calls for as long as something else goes on, or many at once, and what came of them. */
import { endOfCall, readReplies, type Reply, shellWords } from './burst.ts';

/** While this file is not there, the load goes on. */
const over = '/tmp/load-is-over';
/** A load that nobody ends ends itself: some twenty calls a second make these in so many milliseconds. */
const mostCalls = (forMs: number) => Math.ceil(forMs / 50);

/** One call of a load. */
export interface TimedReply extends Reply {
  /** Seconds from the beginning of the load to the beginning of the call. */
  readonly at: number;
}

/** What a load saw, and when something was changed meanwhile. */
export interface Load {
  readonly replies: readonly TimedReply[];
  /** Seconds since the beginning of the load. */
  readonly milestones: readonly Milestone[];
}

/**
 * Calls one after another, each a process and so a connection of its own, some twenty a second, until it is told that
 * the load is over. The last argument is the URL.
 *
 * @param forMs how long it may last at most, unless its calls are slow
 */
export function untilStopped(args: readonly string[], forMs: number): string[] {
  const curl = shellWords(['curl', '--silent', '--show-error', '--include', '--max-time', '5']);
  const note = `--write-out "${endOfCall} $EPOCHREALTIME\\n"`;
  const loop = `n=0; while [ ! -e ${over} ] && [ $n -lt ${mostCalls(forMs)} ]; do n=$((n+1)); ${curl} ${note} ${shellWords(args)}; sleep 0.03; done`;
  return ['sh', '-c', `${loop}; rm -f ${over}`];
}

/** Tells the load that it is over. */
export const endLoad = ['touch', over] as const;

/** Prints the time by the clock of the load. */
export const clock = ['sh', '-c', 'echo $EPOCHREALTIME'] as const;

/**
 * Reads what a load printed.
 *
 * @param marks moments at which something was changed, by the same clock, in seconds since 1970
 */
export function readLoad(output: string, marks: readonly Milestone[]): Load {
  const replies = readReplies(output);
  const start = replies[0]?.beganAt ?? 0;
  const since = (time: number) => Number((time - start).toFixed(3));
  return {
    replies: replies.map((reply) => Object.assign(reply, { at: since(reply.beganAt ?? start) })),
    milestones: marks.map(({ seconds, label }) => ({ seconds: since(seconds), label })),
  };
}

/** The replies as moments of a timeline; a kind is a row, e.g. the pod or the version that answered. */
export function moments(replies: readonly TimedReply[], kindOf: (reply: Reply) => string): Moment[] {
  return replies.map((reply) => ({ seconds: reply.at, kind: kindOf(reply), failed: reply.status !== 200 }));
}

/** The replies to calls that began from one milestone to the next; '' is the beginning. */
export function between({ replies, milestones }: Load, from: string, to?: string): TimedReply[] {
  const when = (label: string) => {
    const found = milestones.find((milestone) => milestone.label === label);
    if (found === undefined) throw new Error(`The load has no milestone "${label}"`);
    return found.seconds;
  };
  const [start, end] = [from === '' ? 0 : when(from), to === undefined ? Number.POSITIVE_INFINITY : when(to)];
  return replies.filter(({ at }) => at >= start && at < end);
}

/** How many calls there were, and how many of them were answered with anything else than 200, or not at all. */
export function failures(replies: readonly Reply[]): { readonly calls: number; readonly failed: number } {
  return { calls: replies.length, failed: replies.filter(({ status }) => status !== 200).length };
}

/** One of many calls made at the same time; their bodies are not kept. */
export interface ParallelReply {
  readonly status: number;
  /** True if the caller's proxy refused it because a limit was reached: `x-envoy-overloaded`. */
  readonly overloaded: boolean;
  readonly seconds: number;
  readonly curlExit: number;
}

/** So many calls by one process, so many of them at a time, each on a connection of its own to the caller's proxy. */
export function manyAtOnce(calls: number, atOnce: number, url: string): string[] {
  // curl takes a text that begins with @ for the name of a file.
  const note = String.raw`call %{exitcode} %{http_code} %{time_total} %header{x-envoy-overloaded}\n`;
  const parallel = ['--parallel', '--parallel-immediate', '--parallel-max', String(atOnce)];
  const numbered = `${url}${url.includes('?') ? '&' : '?'}n=[1-${calls}]`;
  return ['curl', '--silent', ...parallel, '--max-time', '20', '--output', '/dev/null', '--write-out', note, numbered];
}

/** Reads what {@link manyAtOnce} prints. */
export function readParallel(output: string): ParallelReply[] {
  const calls = output.matchAll(/^call (\d+) (\d+) ([\d.]+) (\w*)$/gm);
  return Array.from(calls, ([, exit, status, seconds, overloaded]) => ({
    status: Number(status),
    overloaded: overloaded === 'true',
    seconds: Number(seconds),
    curlExit: Number(exit),
  }));
}
