import type { RunOptions } from '../system/program.ts';
import type { Cluster } from './cluster.ts';
import type { ExecCommand } from './exec-command.ts';
import { type ExecEnd, ExecSession } from './exec-session.ts';
import { execTarget } from './exec-target.ts';

/** A session that nobody uses now, and the pod that it is in. */
interface Idle {
  readonly session: ExecSession;
  readonly uid: string;
}

/** The open shells of a cluster's callers; what runs at the same time has one each. */
export class ExecSessions {
  readonly #cluster: Cluster;
  readonly #idle = new Map<string, Idle[]>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /**
   * Runs a command where kubectl would run it now.
   *
   * @returns undefined if no session can be had there; kubectl has the words for why
   */
  async run(command: ExecCommand, options: Pick<RunOptions, 'timeoutMs' | 'onLine'>): Promise<ExecEnd | undefined> {
    const open = await this.#open(command).catch(() => undefined);
    if (open === undefined) return undefined;
    const { session } = open;
    const end = await session.run(command.words, options);
    if (session.isOpen) this.#sessionsOf(command).push(open);
    return end;
  }

  /** Closes every session that nobody uses. */
  close(): void {
    for (const sessions of this.#idle.values()) for (const { session } of sessions) session.close();
    this.#idle.clear();
  }

  /** A session in the pod that is meant now: a roll-out may have put another in its place. */
  async #open(command: ExecCommand): Promise<Idle | undefined> {
    const target = await execTarget(this.#cluster, command);
    if (target === undefined) return undefined;
    const sessions = this.#sessionsOf(command);
    for (let idle = sessions.pop(); idle !== undefined; idle = sessions.pop()) {
      if (idle.session.isOpen && idle.uid === target.uid) return idle;
      idle.session.close();
    }
    const { kubeconfig } = this.#cluster;
    return { session: await ExecSession.open(kubeconfig, command.namespace, target), uid: target.uid };
  }

  #sessionsOf({ namespace, workload, container = '' }: ExecCommand): Idle[] {
    const key = [namespace, workload, container].join(' ');
    const sessions = this.#idle.get(key) ?? [];
    this.#idle.set(key, sessions);
    return sessions;
  }
}
