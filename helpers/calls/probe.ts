import type { Cluster } from '../kube/cluster.ts';
import { logStep, showExchange, step } from '../record/allure.ts';
import type { Recorder } from '../record/recorder.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { type Answer, answeringPod, judge } from './answer.ts';
import { oneAfterAnother, readAnswers, readWhileAnswered, type Row, sideBySide, whileAnswered } from './burst.ts';
import { type Caller, execArguments, roleOf } from './caller.ts';
import type { Outcome } from './outcome.ts';
import { methodOf, requestOf } from './request.ts';

/** Exit code of curl after `--max-time`, as when packets are dropped. */
const noAnswerInTime = 28;

/** How long an outcome may take, and how often it must hold. */
export interface SettleOptions {
  /** Calls that must end so, one after another; 5 unless told otherwise. */
  readonly inARow?: number;
  /** How long it may take, where something known takes longer than changes do; milliseconds. */
  readonly settleMs?: number;
}

/** One call from a pod, made again whenever it is asked for: the same command before and after. */
export class Probe {
  readonly #cluster: Cluster;
  readonly #caller: Caller;
  readonly #curl: readonly string[];
  readonly #recorder: Recorder;

  /** @param curl arguments of curl, the URL last */
  constructor(cluster: Cluster, caller: Caller, curl: readonly string[], recorder: Recorder) {
    this.#cluster = cluster;
    this.#caller = caller;
    this.#curl = curl;
    this.#recorder = recorder;
  }

  /**
   * Calls so many times by one command, since each way into a pod costs more than many calls there; no more after one
   * that fails. Every call is a process of its own, so every call is a connection of its own.
   */
  async #row(times: number): Promise<Row> {
    const command = times === 1 ? ['curl', ...this.#words()] : whileAnswered(times, this.#words());
    return readWhileAnswered(await this.#exec(command), methodOf(this.#curl), this.#url);
  }

  /** Makes the calls that a row is short of because one failed, to see whether they all fail so. */
  async #rest({ answers }: Row, times: number): Promise<Row[]> {
    const left = times - answers.length;
    if (left === 0) return [];
    const many = answers.at(-1)?.curlExit === noAnswerInTime ? sideBySide : oneAfterAnother;
    return [readAnswers(await this.#exec(many(left, this.#words())), left, methodOf(this.#curl), this.#url)];
  }

  async #exec(command: readonly string[]): Promise<Transcript> {
    return this.#cluster.run('kubectl', this.#inPod(command), { timeoutMs: timeouts.commandMs });
  }

  #inPod(command: readonly string[]): string[] {
    return execArguments(this.#caller, command);
  }

  /** What a person would type: the call once. */
  #typed(): string {
    return this.#cluster.typed('kubectl', this.#inPod(['curl', ...this.#words()]));
  }

  #words(): string[] {
    return ['--silent', '--show-error', '--include', '--max-time', '3', ...this.#curl];
  }

  /**
   * Calls until the outcome holds several times (five unless told otherwise), and narrates the last call. Answers are
   * confirmed one after another; silence at the same time, since each would take its whole time limit.
   * @throws {ExpectationError} if it does not before the deadline
   */
  async settlesOn(outcome: Outcome, { inARow = 5, settleMs }: SettleOptions = {}): Promise<Answer> {
    const caller = roleOf(this.#caller);
    const called = requestOf(this.#curl);
    const { host, request } = called;
    return step(`${caller} → ${host}: ${request} ${outcome.says}`, async () => {
      await this.#recorder.announce(this.#typed(), `${caller}'s ${request} to ${host} ${outcome.says}`);
      const settled = await converge(
        () => this.#row(inARow),
        ({ answers }) => answers.every(outcome.holds),
        { deadlineMs: this.#recorder.settleMs(settleMs), confirm: (row) => this.#rest(row, inARow) },
      );
      const { attempts, waitedMs, deadlineMs } = settled;
      const { answers, transcript } = settled.last;
      const last = answers.find((answer) => !outcome.holds(answer)) ?? answers[0];
      this.#recorder.waited(`${caller} → ${host}: ${request} ${outcome.says}`, settled);
      const { verdict, signature } = describe(last, outcome, settled.holds);
      await this.#recorder.ran(transcript, this.#typed(), last.transcript);
      if (last.http.status !== 0) await showExchange(last.http);
      const where = {
        ...this.#recorder.moment,
        ...called,
        caller,
        callerNamespace: this.#caller.namespace,
        cluster: this.#cluster.name,
      };
      const pod = answeringPod(last.http.body);
      const answeredBy = pod === undefined ? {} : { answeredBy: pod };
      await this.#recorder.observe({ ...where, ...answeredBy, verdict, signature, waitedMs, deadlineMs, attempts });
      if (!settled.holds) {
        throw new ExpectationError(
          `Expected that ${caller}'s ${request} to ${host} ${outcome.says}, ${inARow} times, within ${deadlineMs / 1000} s.\n` +
            `After ${attempts} attempts it did not; the last one: ${signature}.\n$ ${last.transcript.command}\n` +
            `${last.transcript.stdout.slice(0, 1500)}\n${last.transcript.stderr}`,
          last.http.status !== 0,
        );
      }
      await logStep(
        `settled after ${(waitedMs / 1000).toFixed(1)} s of at most ${deadlineMs / 1000} s: ${signature}, ${inARow} times`,
      );
      return last;
    });
  }

  get #url(): string {
    return this.#curl.at(-1) ?? '';
  }
}

/**
 * The verdict that the outcome declares, if the answer is one; its signature, completed by what tells this answer from
 * others of the same status.
 */
function describe(answer: Answer, { verdict, containing }: Outcome, holds: boolean): ReturnType<typeof judge> {
  const judged = judge(answer);
  const told = containing !== undefined && answer.http.body.includes(containing);
  return {
    verdict: holds && verdict !== 'as judged' ? verdict : judged.verdict,
    signature: told ? `${judged.signature}, "${containing}"` : judged.signature,
  };
}
