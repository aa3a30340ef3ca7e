import { answeringPod } from './answer.ts';
import { onNewConnections, onOneConnection, readReplies, type Reply, tally } from './burst.ts';
import { converge } from './convergence.ts';
import type { Transcript } from './evidence.ts';
import type { Journal } from './journal.ts';
import { logStep, showTranscript, step } from './narration.ts';
import { Probe } from './probe.ts';
import { run } from './program.ts';
import { timeouts } from './timeouts.ts';
import { Unmet } from './unmet.ts';

/** A workload that acts: it calls others, and commands are run in its container. */
export class Client {
  readonly #namespace: string;
  readonly #workload: string;
  readonly #journal: Journal;

  /** @param workload as kubectl names it, e.g. `deployment/frontend` */
  constructor(namespace: string, workload: string, journal: Journal) {
    this.#namespace = namespace;
    this.#workload = workload;
    this.#journal = journal;
  }

  /** @param args arguments of curl, the URL last */
  curl(...args: readonly string[]): Probe {
    return new Probe(this.#namespace, this.#workload, args, this.#journal);
  }

  /** Runs a command in the container once and shows it, whatever its exit code. */
  async run(...command: readonly string[]): Promise<Transcript> {
    const transcript = await run('kubectl', this.#exec(command), { timeoutMs: timeouts.commandMs });
    await showTranscript(transcript);
    return transcript;
  }

  /**
   * Runs a command in the container until what it prints, or how it ends, satisfies; shows the last run.
   *
   * @param says completes the sentence "it is seen that …"
   * @throws {Unmet} if it does not before the deadline
   */
  async witness(
    says: string,
    command: readonly string[],
    holds: (transcript: Transcript) => boolean,
  ): Promise<Transcript> {
    return step(`It is seen that ${says}`, async () => {
      const options = { deadlineMs: this.#journal.settleMs() };
      const seen = await converge(
        () => run('kubectl', this.#exec(command), { timeoutMs: timeouts.commandMs }),
        holds,
        options,
      );
      await showTranscript(seen.last);
      if (!seen.holds) {
        const { command: typed, stdout, stderr } = seen.last;
        throw new Unmet(`It is not seen that ${says}:\n$ ${typed}\n${stdout.slice(-2000)}${stderr.slice(-500)}`, true);
      }
      this.#journal.find(says, seen.last.stdout);
      return seen.last;
    });
  }

  /** Calls so many times by one command, each on a connection of its own, and counts who answered. */
  async newConnections(times: number, ...args: readonly string[]): Promise<Reply[]> {
    return this.#burst(`${times} calls, each on a new connection`, onNewConnections(times, args), times);
  }

  /** Calls so many times by one command, all on one connection that is kept open, and counts who answered. */
  async oneConnection(times: number, ...args: readonly string[]): Promise<Reply[]> {
    return this.#burst(`${times} calls on one connection`, onOneConnection(times, args), times);
  }

  async #burst(what: string, command: readonly string[], times: number): Promise<Reply[]> {
    return step(`${this.#role} makes ${what}`, async () => {
      const transcript = await run('kubectl', this.#exec(command), { timeoutMs: timeouts.commandMs });
      await showTranscript(transcript);
      const replies = readReplies(transcript.stdout);
      if (replies.length !== times) {
        throw new Error(`Only ${replies.length} of ${times} calls were made:\n${transcript.stderr.slice(-2000)}`);
      }
      for (const [answer, count] of tally(replies, whoAnswered)) await logStep(`${count} × ${answer}`);
      return replies;
    });
  }

  get #role(): string {
    return this.#workload.slice(this.#workload.indexOf('/') + 1);
  }

  #exec(command: readonly string[]): string[] {
    return ['--namespace', this.#namespace, 'exec', this.#workload, '--', ...command];
  }
}

/** Status and pod of one reply, in words. */
function whoAnswered({ status, body, curlExit }: Reply): string {
  if (status === 0) return `no answer (curl ${curlExit})`;
  const pod = answeringPod(body);
  return `HTTP ${status}${pod === undefined ? '' : ` from ${pod}`}`;
}
