/** A database's port, called without a driver: the one question that PostgreSQL answers to anybody. */
import { rbacCountersCommand, rbacSince, readRbacCounters } from '../istio/rbac-counters.ts';
import type { Cluster } from '../kube/cluster.ts';
import { logStep, step } from '../record/allure.ts';
import type { Recorder } from '../record/recorder.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { type Caller, execArguments, roleOf } from './caller.ts';
import { judgeTcp, type TcpCall, type TcpOutcome } from './tcp-outcome.ts';

const port = 5432;

/**
 * Asks PostgreSQL whether it speaks TLS, and prints its answer, one byte: `N`, `S`, or nothing where it cannot be reached.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
 */
export function pgCommand(host: string): string[] {
  // It hangs up half a second later: a proxy that the caller has left by then does not look at what was sent.
  const question = String.raw`(printf '\0\0\0\010\004\322\026\057'; sleep 0.5)`;
  return ['sh', '-c', `${question} | busybox nc -w 1 ${host} ${port} | od -An -c`];
}

/** A connection, and the reading of the called proxy's counters that followed it. */
interface CountedCall extends TcpCall {
  readonly counters: Transcript;
}

/** One connection from a pod to a database, made again whenever it is asked for. */
export class TcpProbe {
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #caller: Caller;
  readonly #host: string;

  /**
   * @param host Service of the database, e.g. `database` or `database.shop`; a Deployment of its name is behind it
   */
  constructor(cluster: Cluster, caller: Caller, host: string, recorder: Recorder) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#caller = caller;
    this.#host = host;
  }

  /**
   * Connects until the outcome holds so many times, two unless told otherwise, and narrates the last connection. Nobody
   * else may connect to the database meanwhile: its proxy counts for all of them together.
   *
   * @throws {ExpectationError} if it does not before the deadline
   */
  async settlesOn(outcome: TcpOutcome, { inARow = 2 }: { inARow?: number } = {}): Promise<TcpCall> {
    const caller = roleOf(this.#caller);
    const host = `${this.#host}:${port}`;
    return step(`${caller} → ${host}: TCP ${outcome.says}`, async () => {
      const typed = this.#cluster.typed('kubectl', execArguments(this.#caller, pgCommand(this.#host)));
      await this.#recorder.announce(typed, `${caller}'s connection to ${host} ${outcome.says}`);
      const settled = await converge(() => this.#call(), outcome.holds, {
        deadlineMs: this.#recorder.settleMs(),
        confirm: () => this.#calls(inARow - 1),
      });
      const { attempts, waitedMs, deadlineMs, last, holds } = settled;
      const judged = judgeTcp(last);
      const { signature } = judged;
      this.#recorder.waited(`${caller} → ${host}: TCP ${outcome.says}`, settled);
      await this.#recorder.ran(last.transcript, typed);
      await this.#recorder.observe({
        step: this.#recorder.step,
        caller,
        callerNamespace: this.#caller.namespace,
        cluster: this.#cluster.name,
        changed: this.#recorder.changed,
        target: this.#host.split('.')[0] ?? this.#host,
        host,
        inForce: this.#recorder.inForce,
        request: `TCP ${port}`,
        verdict: holds ? outcome.verdict : judged.verdict,
        signature,
        waitedMs,
        deadlineMs,
        attempts,
      });
      await this.#recorder.announce(this.#cluster.typed('kubectl', this.#countersWords));
      await this.#recorder.ran(last.counters);
      if (!holds) {
        throw new ExpectationError(
          `Expected that ${caller}'s connection to ${host} ${outcome.says}, ${inARow} times, within ${deadlineMs / 1000} s.\n` +
            `After ${attempts} attempts it did not; the last one: ${signature}.\n$ ${last.transcript.command}\n` +
            `${last.transcript.stdout.slice(0, 500)}\n${last.transcript.stderr.slice(0, 500)}`,
          // The database answered, or a policy did in its place.
          judged.verdict !== 'broken',
        );
      }
      await logStep(`settled after ${(waitedMs / 1000).toFixed(1)} s: ${signature}, ${inARow} times`);
      return last;
    });
  }

  async #calls(times: number): Promise<CountedCall[]> {
    const calls: CountedCall[] = [];
    for (let call = 0; call < times; call += 1) calls.push(await this.#call());
    return calls;
  }

  async #call(): Promise<CountedCall> {
    const before = await this.#run(this.#countersWords);
    const transcript = await this.#run(execArguments(this.#caller, pgCommand(this.#host)));
    const counters = await this.#run(this.#countersWords);
    const known = before.exitCode === 0 && counters.exitCode === 0;
    const decided = known ? rbacSince(readRbacCounters(before.stdout), readRbacCounters(counters.stdout)) : undefined;
    return { transcript, bytes: transcript.stdout.trim(), decided, counters };
  }

  get #countersWords(): string[] {
    const [name = '', namespace = this.#caller.namespace] = this.#host.split('.');
    return ['--namespace', namespace, 'exec', `deployment/${name}`, ...rbacCountersCommand];
  }

  async #run(words: readonly string[]): Promise<Transcript> {
    return this.#cluster.run('kubectl', words, { timeoutMs: timeouts.commandMs });
  }
}
