/** The one place that starts other programs. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';

import { execa } from 'execa';

import { stateDir } from './paths.ts';

/** A command as a person would type it, with what it really printed. */
export interface Transcript {
  /** The command line, quoted for a shell. */
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly durationMs: number;
}

/** How a program is started; the environment is added to this process's own. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for its standard input; without it, standard input is empty. */
  readonly input?: string;
  /** Ends the program after so many milliseconds; none by default. */
  readonly timeoutMs?: number;
  /** Ends the program when aborted. */
  readonly signal?: AbortSignal;
  /** Ends the program with this process even if this one is killed; for what runs for minutes. Linux only. */
  readonly endsWithUs?: boolean;
  /** Shows its output while it runs instead of collecting it. */
  readonly live?: boolean;
  /** Hears each line of its standard output, without the line break, as soon as it is written. */
  readonly onLine?: (line: string) => void;
}

/** A program exited with something else than 0 where only 0 will do. The message holds command, exit code and output. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly transcript: Transcript;
  constructor(transcript: Transcript) {
    const output = `${transcript.stdout}\n${transcript.stderr}`.trim();
    super(`${transcript.command} exited with ${transcript.exitCode}\n${output.slice(-4000)}`);
    this.transcript = transcript;
  }
}

/** istioctl keeps what kinds a cluster serves under `~/.kube/cache`, and reads no other setting for the place than the home. */
const istioctlHome = { HOME: join(stateDir, 'istioctl-home') };

let started = 0;

/** How many programs this process has started. */
export function startedPrograms(): number {
  return started;
}

/**
 * Runs a program to its end. A non-zero exit is a result, not an error; exit code 127 with the reason in stderr means
 * that it could not be started, 124 that it ran into `timeoutMs`.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
  started += 1;
  const bound = options.endsWithUs === true && process.platform === 'linux';
  const [file, words] = bound ? ['setpriv', ['--pdeathsig', 'KILL', command, ...args]] : [command, args];
  const result = await execa(file, words, {
    ...execaOptions(options),
    ...(command.startsWith('istioctl') ? { env: { ...istioctlHome, ...options.env } } : {}),
    reject: false,
    stripFinalNewline: false,
    lines: false,
  });
  return {
    command: result.escapedCommand,
    stdout: result.stdout ?? '',
    stderr: result.exitCode === undefined ? `${result.stderr ?? ''}${result.shortMessage}` : (result.stderr ?? ''),
    exitCode: result.exitCode ?? (result.timedOut ? 124 : 127),
    durationMs: result.durationMs,
  };
}

/** A command as a person would type it, words quoted where a shell would read them otherwise. */
export function commandLine(command: string, args: readonly string[]): string {
  const quoted = (word: string) =>
    /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return [command, ...args].map(quoted).join(' ');
}

/**
 * True if a program, or what it was to run elsewhere, could not be started: a shell's, kubectl's and the container
 * runtime's way to say that it is not there (127) or is no program (126).
 */
export function neverRan({ exitCode }: Pick<Transcript, 'exitCode'>): boolean {
  return exitCode === 126 || exitCode === 127;
}

/** Like {@link run}, for programs that must succeed. @throws {ProgramFailed} on any other exit code than 0 */
export async function must(command: string, args: readonly string[], options: RunOptions = {}): Promise<Transcript> {
  const transcript = await run(command, args, options);
  if (transcript.exitCode !== 0) throw new ProgramFailed(transcript);
  return transcript;
}

/** Starts a program that outlives this process, its output appended to a file. */
export function startDetached(
  command: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly logFile: string },
): void {
  const log = openSync(options.logFile, 'a');
  const env = { ...process.env, ...options.env };
  spawn(command, args, { env, detached: true, stdio: ['ignore', log, log] }).unref();
  closeSync(log);
}

/**
 * Starts one of our own modules as a process that lives on when this one ends. Its standard input is a pipe whose only
 * writer is this process: end of input tells it that this process is gone, however that came about.
 */
export function startCompanion(module: string, args: readonly string[], logFile: string): void {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [module, ...args], { detached: true, stdio: ['pipe', log, log] });
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  closeSync(log);
}

function execaOptions(options: RunOptions) {
  return {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env },
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.onLine === undefined ? {} : { stdout: overheard(options.onLine) }),
    ...(options.live === true ? { stdout: 'inherit' as const, stderr: 'inherit' as const } : {}),
  };
}

/** Lets a listener hear what passes, which goes on as it is. */
function overheard(onLine: (line: string) => void) {
  return {
    preserveNewlines: true,
    *transform(line: unknown) {
      onLine(String(line).trimEnd());
      yield line;
    },
  };
}

/** Hands the terminal to a program until it ends. Returns its exit code. */
export async function interactive(command: string): Promise<number> {
  const result = await execa(command, { stdio: 'inherit', reject: false });
  return result.exitCode ?? 1;
}
