/** Many calls by one command in a pod: what is typed there, and what its output says call by call. */
import { readHttp } from './answer.ts';
import type { HttpAnswer } from './evidence.ts';

/** One call of many. */
export interface Reply extends Pick<HttpAnswer, 'status' | 'headers' | 'body' | 'remoteIp'> {
  /** From the start of the call to its last byte. */
  readonly seconds: number;
  /** Exit code of curl; 0 if an answer came, whatever its status. */
  readonly curlExit: number;
}

const endOfCall = String.raw`\n@call %{exitcode} %{remote_ip} %{time_total}\n`;
const curl = ['curl', '--silent', '--show-error', '--include', '--max-time', '5', '--write-out', endOfCall];

/** Each call is a process, and so a connection, of its own. The last argument is the URL. */
export function onNewConnections(times: number, args: readonly string[]): string[] {
  const words = [...curl, ...args].map((word) => (/^[\w./:=-]+$/.test(word) ? word : `'${word}'`));
  return ['sh', '-c', `for i in $(seq ${times}); do ${words.join(' ')}; done`];
}

/** All calls on one connection: one curl for a range of URLs, which differ by the query `n`. */
export function onOneConnection(times: number, args: readonly string[]): string[] {
  const url = args.at(-1) ?? '';
  const numbered = `${url}${url.includes('?') ? '&' : '?'}n=[1-${times}]`;
  return [...curl, ...args.slice(0, -1), numbered];
}

/** Reads what those commands print. */
export function readReplies(output: string): Reply[] {
  const calls = output.matchAll(/([\s\S]*?)\n@call (\d+) (\S*) ([\d.]+)\n/g);
  return Array.from(calls, ([, answer = '', exit, remoteIp = '', seconds]) => {
    const { status, headers, body } = readHttp(answer.trimStart());
    return { status, headers, body, remoteIp, seconds: Number(seconds), curlExit: Number(exit) };
  });
}

/** How many of something there are of each kind, the most frequent first. */
export function tally<T>(items: readonly T[], kindOf: (item: T) => string): Map<string, number> {
  const groups = [...Map.groupBy(items, kindOf)].map(([kind, members]): [string, number] => [kind, members.length]);
  return new Map(groups.toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b)));
}
