import type { Cluster } from '../kube/cluster.ts';
import { logStep, step } from '../record/allure.ts';
import type { Share } from '../record/observation.ts';
import type { Recorder } from '../record/recorder.ts';
import { timeouts } from '../system/timeouts.ts';
/** Many calls from one pod: in a row, while something else is done, or at the same time; narrated and counted. */
import { answeringPod, judge } from './answer.ts';
import { readReplies, type Reply, tally } from './burst.ts';
import {
  clock,
  endLoad,
  type Load,
  manyAtOnce,
  type ParallelReply,
  readLoad,
  readParallel,
  untilStopped,
} from './load.ts';
import { requestOf } from './request.ts';
import { RunningLoad } from './running-load.ts';

/** What one of many calls may take beside the time of a command, on a busy machine. */
const eachCallMs = 30;

/** The pod that calls: its role in the lesson, and kubectl's arguments that run a command in it. */
export interface CallingPod {
  readonly role: string;
  readonly namespace: string;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly exec: (command: readonly string[]) => string[];
}

/**
 * Runs a command of {@link readReplies}' kind, which makes so many calls one after another.
 *
 * @param args arguments of curl in it, the URL last
 */
export async function callInARow(
  pod: CallingPod,
  what: string,
  args: readonly string[],
  command: readonly string[],
  times: number,
): Promise<Reply[]> {
  return step(`${pod.role} makes ${what}`, async () => {
    await pod.recorder.announce(pod.cluster.typed('kubectl', pod.exec(command)));
    const timeoutMs = timeouts.commandMs + times * eachCallMs;
    const transcript = await pod.cluster.run('kubectl', pod.exec(command), { timeoutMs });
    await pod.recorder.ran(transcript);
    const replies = readReplies(transcript.stdout);
    allMade(replies, times, transcript.stderr);
    await count(replies, whoAnswered);
    pod.recorder.sharedOut(sharesOfBurst(pod, args, replies));
    return replies;
  });
}

/**
 * Calls about twenty times a second, each time on a new connection, for as long as something else is done.
 *
 * @param during what is done meanwhile; it begins when the first call has ended, and may mark moments and wait for calls
 */
export async function callWhile(
  pod: CallingPod,
  args: readonly string[],
  during: (load: RunningLoad) => Promise<void>,
): Promise<Load> {
  return step(`${pod.role} calls ${args.join(' ')} all the time`, async () => {
    const timeoutMs = pod.recorder.isWatched ? timeouts.watchedLoadMs : timeouts.loadMs;
    const calls = pod.exec(untilStopped(args, timeoutMs));
    await pod.recorder.announce(pod.cluster.typed('kubectl', calls));
    const inPod = (command: readonly string[]) =>
      pod.cluster.must('kubectl', pod.exec(command), { timeoutMs: timeouts.commandMs });
    const running = new RunningLoad(async () => Number((await inPod(clock)).stdout));
    const options = { timeoutMs, onLine: (line: string) => running.hear(line) };
    const load = pod.cluster.run('kubectl', calls, options).then((transcript) => {
      running.end(transcript);
      return transcript;
    });
    try {
      await running.calls(1);
      await pod.recorder.meanwhile(() => during(running));
    } finally {
      await inPod(endLoad);
      await load;
    }
    const transcript = await load;
    await pod.recorder.ran(transcript);
    const seen = readLoad(transcript.stdout, running.marks);
    await count(seen.replies, whoAnswered);
    return seen;
  });
}

/** Calls so many times, so many of them at the same time. */
export async function callInParallel(
  pod: CallingPod,
  calls: number,
  atOnce: number,
  url: string,
): Promise<ParallelReply[]> {
  return step(`${pod.role} makes ${calls} calls, ${atOnce} at a time`, async () => {
    const command = pod.exec(manyAtOnce(calls, atOnce, url));
    await pod.recorder.announce(pod.cluster.typed('kubectl', command));
    const transcript = await pod.cluster.run('kubectl', command, { timeoutMs: timeouts.commandMs });
    await pod.recorder.ran(transcript);
    const replies = readParallel(transcript.stdout);
    allMade(replies, calls, transcript.stderr);
    await count(replies, ({ status, overloaded }) => `HTTP ${status}${overloaded ? ', overloaded' : ''}`);
    return replies;
  });
}

/** How calls by one command were shared out among those who answered, those that ended alike together. */
export function sharesOfBurst(
  { role, namespace, cluster, recorder }: CallingPod,
  args: readonly string[],
  replies: readonly Reply[],
): Share[] {
  const seen = { caller: role, callerNamespace: namespace, cluster: cluster.name, ...requestOf(args) };
  const ends = replies.map(({ status, headers, body, curlExit }) => {
    const pod = answeringPod(body);
    const judged = judge({ curlExit, http: { status, headers, body }, transcript: { stderr: '' } });
    return { ...judged, ...(pod === undefined ? {} : { answeredBy: pod }) };
  });
  const alike = Map.groupBy(ends, (end) => JSON.stringify(end)).values();
  return Array.from(alike, (kind) =>
    Object.assign({}, recorder.moment, seen, kind[0], { times: kind.length, of: replies.length }),
  );
}

function allMade(replies: readonly unknown[], wanted: number, stderr: string): void {
  if (replies.length === wanted) return;
  throw new Error(`Only ${replies.length} of ${wanted} calls were made:\n${stderr.slice(-2000)}`);
}

async function count<T>(replies: readonly T[], kindOf: (reply: T) => string): Promise<void> {
  for (const line of counted(replies, kindOf)) await logStep(line);
}

/** How often each kind came, one line each, the most frequent first. */
export function counted<T>(replies: readonly T[], kindOf: (reply: T) => string): string[] {
  return [...tally(replies, kindOf)].map(([kind, times]) => `${times} × ${kind}`);
}

/** Status and pod of one reply, in words. */
export function whoAnswered({ status, body, curlExit }: Reply): string {
  if (status === 0) return `no answer (curl ${curlExit})`;
  const pod = answeringPod(body);
  return `HTTP ${status}${pod === undefined ? '' : ` from ${pod}`}`;
}
