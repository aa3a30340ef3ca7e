import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { converge, watchFor } from './convergence.ts';
import type { Transcript } from './evidence.ts';
import { showTranscript, step } from './narration.ts';
import { stateDir } from './places.ts';
import { must, run } from './program.ts';
import { Telling } from './telling.ts';
import { timeouts } from './timeouts.ts';
import { Unmet } from './unmet.ts';

/** What a witness may need besides. */
export interface WitnessOptions {
  /** What of a long output the story tells; unless given all of it, and of a log the newest lines. */
  readonly tell?: (output: string) => string;
  /** How long it may take, where something known takes longer than changes do; milliseconds. */
  readonly settleMs?: number;
  /** How long it must go on to satisfy afterwards, where it says that nothing happens; milliseconds. */
  readonly staysMs?: number;
}

const whole = (output: string) => output;
/** How a program starts is what its log has first, and proves little. */
const newestLines = (log: string) => log.trimEnd().split('\n').slice(-4).join('\n');

/** The part of a lesson that is typed on the learner's machine: kubectl, istioctl and scripts. */
export class Workstation extends Telling {
  /** Namespaces that the cast created; the exercise removes them. The first is the one that clients and commands mean. */
  readonly namespaces: string[] = [];

  /**
   * Runs kubectl in the cast's namespace and shows it; it must succeed. Name another namespace in `args` to go there.
   * `wait` and `rollout status` count among the waits.
   */
  async kubectl(...args: readonly string[]): Promise<Transcript> {
    const transcript = await must('kubectl', this.#inNamespace(args), { timeoutMs: timeouts.castReadyMs });
    await showTranscript(transcript);
    if (args.includes('wait') || (args[0] === 'rollout' && args[1] === 'status')) {
      const seconds = /^--timeout=(\d+)s$/m.exec(args.join('\n'))?.[1];
      const deadlineMs = seconds === undefined ? timeouts.castReadyMs : Number(seconds) * 1_000;
      const reason = `kubectl ${args.filter((word) => !word.startsWith('--timeout')).join(' ')}`;
      this.journal.waitedBy(reason, transcript.durationMs, deadlineMs);
    }
    return transcript;
  }

  /** Runs a program of the learner's machine (istioctl, kubectl, dig) and shows it, whatever its exit code. */
  async attempt(program: string, ...args: readonly string[]): Promise<Transcript> {
    const transcript = await run(program, args, { timeoutMs: timeouts.castReadyMs });
    await showTranscript(transcript);
    return transcript;
  }

  /** Runs a script of the course text with bash, in an empty folder of its own, and shows it, whatever its exit code. */
  async shell(script: string): Promise<Transcript> {
    const folder = await mkdtemp(join(stateDir, 'script-'));
    try {
      const transcript = { ...(await run('bash', ['-c', script], { cwd: folder })), command: script.trim() };
      await showTranscript(transcript);
      return transcript;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * A second witness: runs a program, kubectl unless another is named, until what it prints satisfies, and shows it.
   *
   * @param says completes the sentence "it is seen that …"
   * @param args arguments; kubectl's get the namespace of the cast unless they name one
   * @throws {Unmet} if it does not satisfy before the deadline
   */
  async witness(
    says: string,
    args: readonly string[],
    holds: (output: string) => boolean,
    program: 'kubectl' | 'istioctl' = 'kubectl',
    { tell = args[0] === 'logs' ? newestLines : whole, settleMs = timeouts.settleMs, staysMs = 0 }: WitnessOptions = {},
  ): Promise<string> {
    const stays = staysMs === 0 ? '' : `, and for ${staysMs / 1000} s it stays so`;
    return step(`Second witness: ${says}${stays}`, async () => {
      const words = program === 'kubectl' ? this.#inNamespace(args) : args;
      const ask = () => run(program, words, { timeoutMs: timeouts.commandMs });
      const seen = await converge(ask, ({ exitCode, stdout }) => exitCode === 0 && holds(stdout), {
        deadlineMs: this.journal.settleMs(settleMs),
        confirm: () => watchFor(ask, ({ exitCode, stdout }) => exitCode === 0 && holds(stdout), staysMs),
      });
      this.journal.waited(says, seen);
      await showTranscript(seen.last);
      const { command, stdout, stderr, exitCode } = seen.last;
      if (!seen.holds) {
        throw new Unmet(
          `The second witness does not confirm that ${says}:\n$ ${command}\n${stdout.slice(-2000)}${stderr.slice(-500)}`,
          exitCode === 0,
        );
      }
      this.journal.find(`${says}${stays}`, tell(stdout));
      return stdout;
    });
  }

  #inNamespace(args: readonly string[]): string[] {
    const named = args.some((word) => /^(-n|-A|--namespace|--all-namespaces)(=|$)/.test(word));
    return named ? [...args] : ['--namespace', this.namespaces[0] ?? 'default', ...args];
  }
}
