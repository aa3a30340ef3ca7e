import { isIP } from 'node:net';

import { converge } from '../convergence.ts';
import type { Transcript } from '../evidence.ts';
import type { Journal } from '../journal.ts';
import { logStep, showExchange, showTranscript, step } from '../narration.ts';
import type { Outcome } from '../outcome.ts';
import { run } from '../program.ts';
import { timeouts } from '../timeouts.ts';
import { Unmet } from '../unmet.ts';
import { type Answer, judge, readAnswer } from './answer.ts';
import { oneAfterAnother, readAnswers } from './burst.ts';

/** Exit code of curl after `--max-time`, as when packets are dropped. */
const noAnswerInTime = 28;

/** One call from a pod, made again whenever it is asked for: the same command before and after. */
export class Probe {
  readonly #namespace: string;
  readonly #workload: string;
  readonly #curl: readonly string[];
  readonly #journal: Journal;

  /**
   * @param workload caller as kubectl names it, e.g. `deployment/frontend`
   * @param curl arguments of curl, the URL last
   */
  constructor(namespace: string, workload: string, curl: readonly string[], journal: Journal) {
    this.#namespace = namespace;
    this.#workload = workload;
    this.#curl = curl;
    this.#journal = journal;
  }

  /** Calls once. Every call is a process of its own, so every call is a connection of its own. */
  async call(): Promise<Answer> {
    return readAnswer(await this.#exec(['curl', ...this.#words()]), this.#method(), this.#curl.at(-1) ?? '');
  }

  /**
   * Calls so many times more. One command makes the calls one after another, since each way into a pod costs more than
   * many calls there; calls that got no answer in time are made side by side, since waiting costs nothing.
   */
  async #again({ curlExit }: Answer, times: number): Promise<Answer[]> {
    if (curlExit === noAnswerInTime) return Promise.all(Array.from({ length: times }, () => this.call()));
    const transcript = await this.#exec(oneAfterAnother(times, this.#words()));
    return readAnswers(transcript, times, this.#method(), this.#curl.at(-1) ?? '');
  }

  async #exec(command: readonly string[]): Promise<Transcript> {
    const args = ['--namespace', this.#namespace, 'exec', this.#workload, '--', ...command];
    return run('kubectl', args, { timeoutMs: timeouts.commandMs });
  }

  #words(): string[] {
    return ['--silent', '--show-error', '--include', '--max-time', '3', ...this.#curl];
  }

  /**
   * Calls until the outcome holds several times in a row (five unless told otherwise), and narrates the last call.
   * @throws {Unmet} if it does not before the deadline
   */
  async settlesOn(outcome: Outcome, { inARow = 5 }: { inARow?: number } = {}): Promise<Answer> {
    const caller = this.#workload.slice(this.#workload.indexOf('/') + 1);
    const url = new URL(this.#curl.at(-1) ?? '');
    const request = `${this.#method()} ${url.pathname}${this.#headers()}`;
    return step(`${caller} → ${url.host}: ${request} ${outcome.says}`, async () => {
      const settled = await converge(() => this.call(), outcome.holds, {
        deadlineMs: this.#journal.settleMs(),
        inARow,
        again: (held, times) => this.#again(held, times),
      });
      const { last, attempts, waitedMs, deadlineMs } = settled;
      this.#journal.waited(`${caller} → ${url.host}: ${request} ${outcome.says}`, settled);
      const { verdict, signature } = describe(last, outcome);
      await showTranscript(last.transcript);
      if (last.http.status !== 0) await showExchange(last.http);
      const target = isIP(url.hostname) === 0 ? (url.hostname.split('.')[0] ?? url.hostname) : url.hostname;
      const where = { step: this.#journal.step, caller, callerNamespace: this.#namespace, target, request };
      this.#journal.sightings.push({ ...where, verdict, signature, waitedMs, deadlineMs, attempts });
      if (!settled.holds) {
        throw new Unmet(
          `Expected that ${caller}'s ${request} to ${url.host} ${outcome.says}, ${inARow} times in a row within ${deadlineMs / 1000} s.\n` +
            `After ${attempts} attempts it did not; the last one: ${signature}.\n$ ${last.transcript.command}\n` +
            `${last.transcript.stdout.slice(0, 1500)}\n${last.transcript.stderr}`,
          last.http.status !== 0,
        );
      }
      await logStep(
        `settled after ${(waitedMs / 1000).toFixed(1)} s of at most ${deadlineMs / 1000} s: ${signature}, ${inARow} times in a row`,
      );
      return last;
    });
  }

  #method(): string {
    const flag = this.#curl.findIndex((word) => word === '-X' || word === '--request');
    if (flag !== -1) return this.#curl[flag + 1] ?? 'GET';
    return this.#curl.some((word) => word === '-d' || word === '--data') ? 'POST' : 'GET';
  }

  #headers(): string {
    const sent = this.#curl.flatMap((word, index) => (this.#curl[index - 1] === '-H' ? [word] : []));
    return sent.length === 0 ? '' : ` (${sent.join(', ')})`;
  }
}

/** The verdict, its signature completed by what tells this answer from others of the same status. */
function describe(answer: Answer, { containing }: Outcome): ReturnType<typeof judge> {
  const { verdict, signature } = judge(answer);
  const told = containing !== undefined && answer.http.body.includes(containing);
  return { verdict, signature: told ? `${signature}, "${containing}"` : signature };
}
