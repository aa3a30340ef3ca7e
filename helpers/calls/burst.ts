/** Many calls by one command in a pod: what is typed there, and what its output says call by call. */
import type { HttpAnswer } from '../record/observation.ts';
import type { Transcript } from '../system/program.ts';
import { type Answer, answeringPod, answeringVersion, readAnswer, readHttp } from './answer.ts';

/** One call of many. */
export interface Reply extends Pick<HttpAnswer, 'status' | 'headers' | 'body' | 'remoteIp'> {
  /** From the start of the call to its last byte. */
  readonly seconds: number;
  /** Exit code of curl; 0 if an answer came, whatever its status. */
  readonly curlExit: number;
  /** When it began, in seconds since 1970 by the clock of the caller's pod; only where it was noted. */
  readonly beganAt?: number;
  /** How many connections were opened for it, 0 where one was there; only where that was noted. */
  readonly opened?: number;
}

/** The same call, made several times by one command. */
export interface Row {
  /** Of the whole command; the answers have their own share of it. */
  readonly transcript: Transcript;
  readonly answers: readonly [Answer, ...Answer[]];
}

/** What curl writes after each call, and {@link readReplies} reads; a time of beginning may follow on the same line. */
export const endOfCall = String.raw`\n@call %{exitcode} %{remote_ip} %{time_total}`;
const curl = ['curl', '--silent', '--show-error', '--include', '--max-time', '5'];
const noted = ['--write-out', String.raw`${endOfCall}\n`];

/**
 * Each call on a connection of its own: one curl that closes it after each answer, since a process for each call costs
 * more than the call. The last argument is the URL; what follows `#` in it, where curl counts, is not sent.
 */
export function onNewConnections(times: number, args: readonly string[]): string[] {
  const counted = `${args.at(-1) ?? ''}#[1-${times}]`;
  return [...curl, ...noted, '--header', 'Connection: close', ...args.slice(0, -1), counted];
}

/** So many calls one after another, but none after one that fails, whose exit code is then that of the whole. */
export function whileAnswered(times: number, call: readonly string[]): string[] {
  return ['sh', '-c', `for i in $(seq ${times}); do ${shellWords(['curl', ...call])} || exit; done`];
}

/** So many calls whatever comes of them, with what curl has to say about failures among the answers. */
export function oneAfterAnother(times: number, call: readonly string[]): string[] {
  return ['sh', '-c', `for i in $(seq ${times}); do ${shellWords(['curl', ...noted, ...call])} 2>&1; done`];
}

/** So many calls at the same time, for those whose time passes in waiting. */
export function sideBySide(times: number, call: readonly string[]): string[] {
  const told = `answer=$(${shellWords(['curl', ...noted, ...call])} 2>&1); echo "$answer"`;
  return ['sh', '-c', `for i in $(seq ${times}); do (${told}) & done; wait`];
}

/**
 * All calls on one connection, unless the other side closes it: one curl for a range of URLs, which differ by the query
 * `n`. How many connections curl opens for each is noted.
 */
export function onOneConnection(times: number, args: readonly string[]): string[] {
  const url = args.at(-1) ?? '';
  const numbered = `${url}${url.includes('?') ? '&' : '?'}n=[1-${times}]`;
  const counted = ['--write-out', String.raw`${endOfCall} opened=%{num_connects}\n`];
  return [...curl, ...counted, ...args.slice(0, -1), numbered];
}

/** How many calls curl makes of one URL with ranges in it: 60 of `http://backend/?user=[1-60]`. */
export function callsTo(url: string): number {
  const ranges = url.matchAll(/\[(\d+)-(\d+)\]/g);
  return ranges.reduce((calls, [, first, last]) => calls * (Number(last) - Number(first) + 1), 1);
}

/** Reads what those commands print. */
export function readReplies(output: string): Reply[] {
  const calls = output.matchAll(/([\s\S]*?)\n@call (\d+) (\S*) ([\d.]+)(?: opened=(\d+))?(?: ([\d.]+))?\n/g);
  return Array.from(calls, ([, answer = '', exit, remoteIp = '', seconds, connections, began]) => {
    const { status, headers, body } = readHttp(answer.trimStart());
    const beganAt = began === undefined ? {} : { beganAt: Number(began) };
    const opened = connections === undefined ? {} : { opened: Number(connections) };
    return { status, headers, body, remoteIp, seconds: Number(seconds), curlExit: Number(exit), ...beganAt, ...opened };
  });
}

/**
 * Reads what {@link whileAnswered} printed as answers, one for each call that was made: where one ends and the next
 * begins, the status line of HTTP tells. The call that failed is the last, whatever it may have printed.
 */
export function readWhileAnswered(transcript: Transcript, method: string, url: string): Row {
  const read = (printed: Partial<Transcript>) => readAnswer({ ...transcript, ...printed }, method, url);
  const texts = transcript.stdout.split(/(?=HTTP\/[\d.]+ \d{3}[^\r\n]*\r\n)/).filter((text) => text !== '');
  const [first, ...more] = texts.map((stdout) => read({ stdout, stderr: '', exitCode: 0 }));
  const failure = read({ stdout: '' });
  if (first === undefined) return { transcript, answers: [failure] };
  return { transcript, answers: [first, ...more, ...(transcript.exitCode === 0 ? [] : [failure])] };
}

/**
 * Reads what {@link oneAfterAnother} and {@link sideBySide} print as answers, so many as were to be made: a call that is
 * not there, because the command did not run to its end, is an answer without an exit code.
 */
export function readAnswers(transcript: Transcript, times: number, method: string, url: string): Row {
  const calls = [...transcript.stdout.matchAll(/([\s\S]*?)\n@call (\d+) (\S*) [\d.]+\n/g)];
  const answer = (index: number): Answer => {
    const [, printed = '', exit, remoteIp = ''] = calls[index] ?? [];
    const text = printed.trimStart();
    const http = { method, url, requestHeaders: {}, remoteIp, ...readHttp(text) };
    if (exit === undefined) return { transcript, curlExit: undefined, http };
    const own = { stdout: text, stderr: exit === '0' ? '' : text, exitCode: Number(exit) };
    return { transcript: { ...transcript, ...own }, curlExit: Number(exit), http };
  };
  return { transcript, answers: [answer(0), ...Array.from({ length: times - 1 }, (_, index) => answer(index + 1))] };
}

/** One call as a shell's command line, its arguments quoted where they need it. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}

/** The pod that gave a reply, or its status if it names none; the kind by which pods are counted and drawn. */
export function podOf({ body, status }: Reply): string {
  return answeringPod(body) ?? `HTTP ${status}`;
}

/** The version that gave a reply, or its status if it names none; the kind by which versions are counted and drawn. */
export function versionOf({ body, status }: Reply): string {
  return answeringVersion(body) ?? `HTTP ${status}`;
}

/** Status and version of a reply, e.g. `500 v3`; the kind by which calls are counted where a bad version fails them. */
export function statusAndVersion({ body, status }: Reply): string {
  return `${status} ${answeringVersion(body) ?? 'of no version'}`;
}

/** How many replies there are of each status and version, e.g. `{ '200 v1': 900, '500 v3': 100 }`. */
export function byStatusAndVersion(replies: readonly Reply[]): Record<string, number> {
  return Object.fromEntries(tally(replies, statusAndVersion));
}

/** How many of something there are of each kind, the most frequent first. */
export function tally<T>(items: readonly T[], kindOf: (item: T) => string): Map<string, number> {
  const groups = [...Map.groupBy(items, kindOf)].map(([kind, members]): [string, number] => [kind, members.length]);
  return new Map(groups.toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b)));
}
