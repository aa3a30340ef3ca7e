import { type ProxyStats, readProxyStats, statsCommand } from '../istio/proxy-stats.ts';
import type { Cluster } from '../kube/cluster.ts';
import { step } from '../record/allure.ts';
import { provingPart } from '../record/evidence.ts';
import type { Recorder } from '../record/recorder.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { converge } from '../system/polling.ts';
import { neverRan, ProgramFailed, type Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { ranInPod } from './answer.ts';
import { callsTo, onNewConnections, onOneConnection, readReplies, type Reply } from './burst.ts';
import { type Caller, execArguments, roleOf } from './caller.ts';
import type { Load, ParallelReply } from './load.ts';
import {
  callInARow,
  callInParallel,
  type CallingPod,
  callWhile,
  counted,
  sharesOfBurst,
  whoAnswered,
} from './many-calls.ts';
import { Probe } from './probe.ts';
import { RunningCommand } from './running-command.ts';
import type { RunningLoad } from './running-load.ts';
import { TcpProbe } from './tcp-probe.ts';

/** Calls of one burst. */
const burstSize = 40;

/** A workload that acts: it calls others, and commands are run in its container. */
export class Client {
  readonly #cluster: Cluster;
  readonly #caller: Caller;
  readonly #recorder: Recorder;

  constructor(cluster: Cluster, caller: Caller, recorder: Recorder) {
    this.#cluster = cluster;
    this.#caller = caller;
    this.#recorder = recorder;
  }

  /** @param args arguments of curl, the URL last */
  curl(...args: readonly string[]): Probe {
    return new Probe(this.#cluster, this.#caller, args, this.#recorder);
  }

  /** @param host Service of a PostgreSQL, e.g. `database` or `database.shop`; a Deployment of its name is behind it */
  pg(host: string): TcpProbe {
    return new TcpProbe(this.#cluster, this.#caller, host, this.#recorder);
  }

  /**
   * Runs a command in the container once and shows it, whatever its exit code.
   *
   * @throws {ProgramFailed} if it did not run at all: what was to happen has not
   */
  async run(...command: readonly string[]): Promise<Transcript> {
    await this.#recorder.announce(this.#cluster.typed('kubectl', this.#exec(command)));
    const transcript = await this.#cluster.run('kubectl', this.#exec(command), { timeoutMs: timeouts.commandMs });
    await this.#recorder.ran(transcript);
    if (neverRan(transcript)) throw new ProgramFailed(transcript);
    return transcript;
  }

  /**
   * Writes a file in the container. What is in it comes by standard input and is shown nowhere, so it may be a secret.
   *
   * @param path letters, digits and `._/-`
   * @throws {ProgramFailed} if the file has not got all of it before the deadline
   */
  async writeFile(path: string, content: string): Promise<void> {
    const words = execArguments(this.#caller, ['sh', '-c', `cat > ${path} && wc -c < ${path}`], true);
    await this.#recorder.announce(this.#cluster.typed('kubectl', words));
    // On a busy node an exec now and then loses its standard input and succeeds (kubernetes/kubernetes#112834).
    const written = await converge(
      () => this.#cluster.must('kubectl', words, { input: content, timeoutMs: timeouts.commandMs }),
      ({ stdout }) => Number(stdout) === Buffer.byteLength(content),
      { deadlineMs: timeouts.settleMs },
    );
    await this.#recorder.ran(written.last);
    if (!written.holds) throw new ProgramFailed(written.last);
  }

  /**
   * Runs a command in the container while something else is done, which begins when it has printed a line; shows it
   * when both have ended, whatever its exit code.
   *
   * @param during is given a way to ask what has been printed so far
   * @throws {ProgramFailed} if it ends before it prints anything
   */
  async whileRunning(
    command: readonly string[],
    during: (printed: () => string) => Promise<void>,
  ): Promise<Transcript> {
    await this.#recorder.announce(this.#cluster.typed('kubectl', this.#exec(command)));
    const running = new RunningCommand();
    const options = { timeoutMs: timeouts.loadMs, onLine: (line: string) => running.hear(line) };
    const end = this.#cluster.run('kubectl', this.#exec(command), options).then((transcript) => {
      running.end();
      return transcript;
    });
    if (!(await running.hasPrinted())) throw new ProgramFailed(await end);
    await this.#recorder.meanwhile(() => during(() => running.printed));
    const transcript = await end;
    await this.#recorder.ran(transcript);
    return transcript;
  }

  /**
   * Tells the test server of the pod how to fail from now on.
   *
   * @param fields as its README has them, e.g. `status=500`; `none` ends it
   * @throws {ProgramFailed} unless the server took it
   */
  async fault(...fields: readonly string[]): Promise<void> {
    const words = this.#exec(['node', 'server.mjs', 'fault', ...fields]);
    await this.#recorder.announce(this.#cluster.typed('kubectl', words));
    const transcript = await this.#cluster.run('kubectl', words, { timeoutMs: timeouts.commandMs });
    await this.#recorder.ran(transcript);
    if (transcript.exitCode !== 0) throw new ProgramFailed(transcript);
  }

  /**
   * Runs a command in the container until what it prints, or how it ends, satisfies; shows the last run.
   *
   * @param says completes the sentence "it is seen that …"
   * @param options what of a long output proves it; unless given, the fewest lines that satisfy
   * @throws {ExpectationError} if it does not before the deadline
   */
  async eventually(
    says: string,
    command: readonly string[],
    holds: (transcript: Transcript) => boolean,
    { tell }: { readonly tell?: (output: string) => string } = {},
  ): Promise<Transcript> {
    return step(`It is seen that ${says}`, async () => {
      await this.#recorder.announce(this.#cluster.typed('kubectl', this.#exec(command)), says);
      const options = { deadlineMs: this.#recorder.settleMs() };
      const seen = await converge(
        () => this.#cluster.run('kubectl', this.#exec(command), { timeoutMs: timeouts.commandMs }),
        holds,
        options,
      );
      this.#recorder.waited(says, seen);
      await this.#recorder.ran(seen.last);
      if (!seen.holds) {
        const { command: typed, stdout, stderr } = seen.last;
        throw new ExpectationError(
          `It is not seen that ${says}:\n$ ${typed}\n${stdout.slice(-2000)}${stderr.slice(-500)}`,
          ranInPod(seen.last),
        );
      }
      const { stdout } = seen.last;
      const proof = tell?.(stdout) ?? provingPart(stdout, (output) => holds({ ...seen.last, stdout: output }));
      await this.#recorder.find(says, proof, stdout);
      return seen.last;
    });
  }

  /**
   * Makes bursts of forty calls, each call on a connection of its own, until one burst satisfies: for what chance
   * decides, such as which of several pods answers, where single calls may be unlucky for long.
   *
   * @param says completes the sentence "it is seen that …"
   * @param args arguments of curl, the URL last
   * @throws {ExpectationError} if none does before the deadline
   */
  async burstShows(
    says: string,
    args: readonly string[],
    holds: (replies: readonly Reply[]) => boolean,
  ): Promise<Transcript> {
    // Of a burst that was cut off, what is true of every reply would be true of none.
    const size = burstSize * callsTo(args.at(-1) ?? '');
    const whole = (replies: readonly Reply[]) => replies.length === size && holds(replies);
    const burst = onNewConnections(burstSize, args);
    const seen = await this.eventually(says, burst, ({ stdout }) => whole(readReplies(stdout)), {
      tell: (output) => counted(readReplies(output), whoAnswered).join('\n'),
    });
    this.#recorder.sharedOut(sharesOfBurst(this.#pod, args, readReplies(seen.stdout)));
    return seen;
  }

  /** Calls so many times by one command, each on a connection of its own, and counts who answered. */
  async newConnections(times: number, ...args: readonly string[]): Promise<Reply[]> {
    return callInARow(
      this.#pod,
      `${times} calls, each on a new connection`,
      args,
      onNewConnections(times, args),
      times,
    );
  }

  /**
   * Calls so many times by one command, all on one connection that is kept open, and counts who answered. A URL with a
   * range is called so many times for each number in it, e.g. `http://backend/?user=[1-60]`.
   */
  async oneConnection(times: number, ...args: readonly string[]): Promise<Reply[]> {
    const calls = times * callsTo(args.at(-1) ?? '');
    return callInARow(this.#pod, `${calls} calls on one connection`, args, onOneConnection(times, args), calls);
  }

  /**
   * Calls about twenty times a second, each time on a new connection, for as long as something else is done.
   *
   * @param args arguments of curl, the URL last
   * @param during what is done meanwhile; it begins when the first call has ended, and may mark moments, for the picture
   *   and for counting from one to another, and wait for calls
   */
  async whileCalling(args: readonly string[], during: (load: RunningLoad) => Promise<void>): Promise<Load> {
    return callWhile(this.#pod, args, during);
  }

  /** Calls so many times by one command, so many of them at the same time. */
  async inParallel(calls: number, atOnce: number, url: string): Promise<ParallelReply[]> {
    return callInParallel(this.#pod, calls, atOnce, url);
  }

  /** What its proxy has counted about the cluster whose name begins so, e.g. `outbound|80||backend.`. */
  async proxyStats(cluster: string): Promise<ProxyStats> {
    const { namespace, workload } = this.#caller;
    const args = ['--namespace', namespace, 'exec', workload, ...statsCommand(cluster)];
    await this.#recorder.announce(this.#cluster.typed('kubectl', args));
    const transcript = await this.#cluster.must('kubectl', args, { timeoutMs: timeouts.commandMs });
    await this.#recorder.ran(transcript);
    return readProxyStats(transcript.stdout);
  }

  get #pod(): CallingPod {
    const exec = (command: readonly string[]) => this.#exec(command);
    const { namespace } = this.#caller;
    return { role: roleOf(this.#caller), namespace, cluster: this.#cluster, recorder: this.#recorder, exec };
  }

  #exec(command: readonly string[]): string[] {
    return execArguments(this.#caller, command);
  }
}
