import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';

import { Exec, KubeConfig, type V1Status } from '@kubernetes/client-node';

import { waitForEvent } from '../system/polling.ts';
import { commandLine, type Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import type { ExecCommand } from './exec-command.ts';
import type { ExecTarget } from './exec-target.ts';

/** How a command in a session ended, as `kubectl exec` would tell it. */
export type ExecEnd = Pick<Transcript, 'stdout' | 'stderr' | 'exitCode'>;

/** How long a shell may take to start. */
const openMs = 10_000;

/** Exit code of a program that ran into its time limit, as `timeout` of GNU has it. */
const tooLate = 124;

/** By itself the library waits for ever until a connection is there. */
class ConnectsInTime extends KubeConfig {
  override async applyToHTTPSOptions(options: Parameters<KubeConfig['applyToHTTPSOptions']>[0]): Promise<void> {
    await super.applyToHTTPSOptions(options);
    // An option of the WebSocket: https://github.com/websockets/ws/blob/master/doc/ws.md
    Object.assign(options, { handshakeTimeout: timeouts.requestMs });
  }
}

/**
 * A shell in a container that stays open, because every `kubectl exec` starts a program here and one more on the node.
 * Commands run one after another, each as a process of its own, without standard input.
 */
export class ExecSession {
  readonly #stdin = new PassThrough();
  readonly #news = new EventEmitter();
  readonly #lost = new AbortController();
  readonly #printed = { stdout: new Printed(), stderr: new Printed() };
  #close: () => void = () => undefined;

  private constructor() {
    // Nobody may be listening when it is lost.
    this.#news.setMaxListeners(0);
  }

  /**
   * @param kubeconfig path of one whose current context is the cluster of the pod
   * @throws if the container cannot be reached, or has no `sh`
   */
  static async open(kubeconfig: string, namespace: string, { pod, container }: ExecTarget): Promise<ExecSession> {
    const config = new ConnectsInTime();
    config.loadFromFile(kubeconfig);
    const session = new ExecSession();
    const { stdout, stderr } = session.#printed;
    for (const printed of [stdout, stderr]) printed.stream.on('data', () => session.#news.emit('news'));
    const streams = [stdout.stream, stderr.stream, session.#stdin] as const;
    const socket = await new Exec(config).exec(namespace, pod, container, ['sh'], ...streams, false, (status) =>
      session.#lost.abort(new Error(whyEnded(status))),
    );
    session.#close = () => socket.close();
    socket.addEventListener('close', ({ code }) => session.#lost.abort(new Error(`connection closed (${code})`)));
    const { exitCode, stderr: said } = await session.#type(':', openMs);
    if (exitCode !== 0) throw new Error(`no shell in ${pod}: ${said}`);
    return session;
  }

  get isOpen(): boolean {
    return !this.#lost.signal.aborted;
  }

  close(): void {
    this.#lost.abort(new Error('closed'));
    this.#close();
  }

  /**
   * Runs a command to its end. A session that is lost meanwhile, and a command that takes too long, are told as kubectl
   * tells what it could not do, and the session is closed. No builtin of the shell takes the program's place.
   *
   * @param onLine hears each line of its standard output as soon as it is written
   */
  async run(
    [program, ...args]: ExecCommand['words'],
    { timeoutMs, onLine }: { readonly timeoutMs?: number; readonly onLine?: (line: string) => void },
  ): Promise<ExecEnd> {
    return this.#type(`(exec ${commandLine(program, args)}) </dev/null`, timeoutMs, onLine);
  }

  async #type(line: string, timeoutMs?: number, onLine?: (line: string) => void): Promise<ExecEnd> {
    const token = randomUUID();
    const { stdout, stderr } = this.#printed;
    stdout.expect(token, onLine);
    stderr.expect(token);
    const { signal } = this.#lost;
    const over = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    this.#stdin.write(marked(line, token));
    const ended = () => stdout.end !== undefined && stderr.end !== undefined;
    if (!(await waitForEvent(ended, this.#news, over))) {
      const why = signal.aborted ? `the session was lost: ${String(signal.reason)}` : `no end after ${timeoutMs} ms`;
      const exitCode = signal.aborted ? 1 : tooLate;
      this.close();
      return { stdout: stdout.text, stderr: `${stderr.text}error: ${why}\n`, exitCode };
    }
    const exitCode = Number(stdout.end);
    // What kubectl says of every command that fails.
    const remark = exitCode === 0 ? '' : `command terminated with exit code ${exitCode}\n`;
    return { stdout: stdout.text, stderr: `${stderr.text}${remark}`, exitCode };
  }
}

/** A line for the open shell, and after it a mark on both outputs, with the exit code. */
export function marked(line: string, token: string): string {
  return `${line}; printf '\\n${token} %s\\n' $?; printf '\\n${token} \\n' >&2\n`;
}

/** One output of the shell, read until the mark that ends a command's part of it. */
export class Printed {
  readonly stream = new PassThrough({ encoding: 'utf8' });
  #token = '';
  #text = '';
  #end: RegExpExecArray | undefined;
  #heard = 0;
  #onLine: ((line: string) => void) | undefined;

  constructor() {
    this.stream.on('data', (text: string) => this.#take(text));
  }

  /** What comes from now on belongs to another command. */
  expect(token: string, onLine?: (line: string) => void): void {
    this.#token = token;
    this.#text = '';
    this.#end = undefined;
    this.#heard = 0;
    this.#onLine = onLine;
  }

  /** What the command printed so far. */
  get text(): string {
    return this.#text.slice(0, this.#end?.index);
  }

  /** What its mark carries, once it came. */
  get end(): string | undefined {
    return this.#end?.[1];
  }

  #take(text: string): void {
    // A mark may come in two pieces.
    const from = Math.max(0, this.#text.length - this.#token.length - 8);
    this.#text += text;
    const found = new RegExp(`\\n${this.#token} (\\d*)\\n`).exec(this.#text.slice(from));
    if (found !== null) {
      found.index += from;
      this.#end = found;
    }
    this.#tellLines();
  }

  #tellLines(): void {
    if (this.#onLine === undefined) return;
    for (;;) {
      const end = this.text.indexOf('\n', this.#heard);
      if (end === -1) return;
      this.#onLine(this.text.slice(this.#heard, end));
      this.#heard = end + 1;
    }
  }
}

/**
 * Why the shell ended. Not in the API server's words, which are those of kubectl about a command that ran and failed: of
 * the command nothing is known.
 */
export function whyEnded({ details, reason }: V1Status): string {
  const exit = details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message;
  return `the shell ended: ${exit === undefined ? (reason ?? 'nobody says why') : `exit code ${exit}`}`;
}
