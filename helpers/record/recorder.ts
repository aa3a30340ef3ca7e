import type { Convergence } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { showTranscript } from './allure.ts';
import { type Audience, nobody } from './audience.ts';
import { asEvidence } from './evidence.ts';
import {
  type AppliedManifest,
  type Exhibit,
  type Finding,
  type Measured,
  nameInForce,
  type Observation,
  type RanCommand,
  type SeenCall,
  type SeenWorkload,
  type Share,
  type Story,
  type Wait,
  type Warning,
} from './observation.ts';
import { digest } from './transcript.ts';

/** Outputs that are kept until what was found in them is told. */
const keptOutputs = 20;

/** What one exercise did and saw, written while it runs; the report is made from it. */
export class Recorder implements Story {
  readonly setup: AppliedManifest[] = [];
  readonly workloads: { readonly before: SeenWorkload[]; readonly after: SeenWorkload[] } = { before: [], after: [] };
  readonly observations: Observation[] = [];
  readonly shares: Share[] = [];
  readonly manifests: AppliedManifest[] = [];
  readonly findings: Finding[] = [];
  readonly exhibits: Exhibit[] = [];
  readonly waits: Wait[] = [];
  readonly warnings: Warning[] = [];
  readonly measurements: Measured[] = [];
  readonly commands: RanCommand[] = [];
  /** Title of the step that runs. */
  step = 'Setup';
  /** True once a lesson manifest was withheld: from here on, red is what is wanted. */
  withheld = false;
  /** The mutant that was applied in place of a lesson manifest, once it was: from here on, red is what is wanted. */
  mutant: string | undefined;
  readonly #inForce = new Set<string>();
  /** The last outputs, each with the place of its command. */
  readonly #outputs: { readonly stdout: string; readonly command: number }[] = [];
  readonly #audience: Audience;
  /** What runs while other commands do, such as a load or a capture: they cannot wait for anybody. */
  #running = 0;
  /** When the step that runs began, and what was announced last; by the clock of this process. */
  #begun = performance.now();
  #announced = { typed: 'no command yet', at: performance.now() };

  /** @param audience hears what happens while it does */
  constructor(audience: Audience = nobody) {
    this.#audience = audience;
  }

  /** True where somebody follows the exercise, and may say when it goes on. */
  get isWatched(): boolean {
    return this.#audience !== nobody;
  }

  /** True once the lesson has changed something. */
  get changed(): boolean {
    return this.manifests.length > 0;
  }

  /**
   * Keeps who is there with what the lesson changes; of a workload that was seen earlier, the pods that came since, and
   * the proxy if they brought one: a lesson may take one manifest away before it restarts the pods into the mesh.
   */
  sawAfter(now: readonly SeenWorkload[]): void {
    const { after } = this.workloads;
    for (const workload of now) {
      const index = after.findIndex(
        ({ cluster, namespace, name }) =>
          cluster === workload.cluster && namespace === workload.namespace && name === workload.name,
      );
      const seen = after[index];
      if (seen === undefined) after.push(workload);
      else {
        const known = new Set(seen.pods.map(({ name }) => name));
        after[index] = {
          ...seen,
          sidecar: seen.sidecar || workload.sidecar,
          pods: [...seen.pods, ...workload.pods.filter(({ name }) => !known.has(name))],
          atOnce: Math.max(seen.atOnce ?? seen.pods.length, workload.pods.length),
        };
      }
    }
  }

  /** The lesson manifests that are in force now. */
  get inForce(): string[] {
    return [...this.#inForce];
  }

  /** A lesson manifest has taken effect. */
  changedBy(manifest: Omit<AppliedManifest, 'step'>): void {
    this.manifests.push({ ...manifest, step: this.step });
    this.#inForce.add(nameInForce(manifest));
  }

  /** A lesson manifest was taken away again. */
  tookAway(manifest: Pick<AppliedManifest, 'file' | 'cluster'>): void {
    this.#inForce.delete(nameInForce(manifest));
  }

  /** True once a call was let through, or a program showed what it should: the ground is sound. */
  get sawSomethingWork(): boolean {
    return this.findings.length > 0 || this.observations.some(({ verdict }) => verdict === 'allowed');
  }

  /**
   * How long an expectation may take to be met from now on, in milliseconds.
   *
   * @param neededMs what is known to take long, whatever the manifest says; else what changes usually take, and less
   *   where the manifest is withheld or a mutant
   */
  settleMs(neededMs?: number): number {
    if (neededMs !== undefined) return neededMs;
    return this.withheld || this.mutant !== undefined ? timeouts.settleWithoutManifestMs : timeouts.settleMs;
  }

  /** The step that runs and the command that was announced last, for whoever asks why an exercise does not end. */
  get whereItStands(): string {
    const { typed, at } = this.#announced;
    const seconds = (since: number) => `${Math.round((performance.now() - since) / 1000)} s`;
    return `the step “${this.step}” began ${seconds(this.#begun)} ago, the last command ${seconds(at)} ago:\n$ ${typed}`;
  }

  /** A step of the exercise begins. */
  async begin(step: string): Promise<void> {
    this.step = step;
    this.#begun = performance.now();
    await this.#audience.step(step);
  }

  /** The step that runs has ended, and everything in it held. */
  async held(): Promise<void> {
    await this.#audience.held();
  }

  /** The step that runs failed. @returns true if the audience wants to see the next step all the same */
  async failed(error: unknown): Promise<boolean> {
    return this.#audience.failed(error instanceof Error ? error.message : String(error));
  }

  /**
   * A command is about to run.
   *
   * @param typed the command, or a script, as a person would type it
   * @param expected what is to be seen, e.g. `is answered with 200`
   */
  async announce(typed: string, expected = ''): Promise<void> {
    this.#announced = { typed, at: performance.now() };
    await this.#audience.before(typed, expected, this.#running > 0);
  }

  /** Does something while something else runs, which must not be kept waiting. */
  async meanwhile<T>(body: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await body();
    } finally {
      this.#running -= 1;
    }
  }

  /**
   * Shows a command that ran, and keeps it.
   *
   * @param typed what a person would type for it, where the exercise runs it many times by one command
   * @param shown what of many runs by one command an audience is shown
   */
  async ran(transcript: Transcript, typed = transcript.command, shown = transcript): Promise<void> {
    await showTranscript(transcript);
    const { command, exitCode, stdout, stderr } = transcript;
    this.warnings.push(...warningsIn(stderr).map((text) => ({ step: this.step, text })));
    this.commands.push({ step: this.step, command, typed, exitCode, shown: digest(shown) });
    this.#outputs.push({ stdout: stdout.trim(), command: this.commands.length - 1 });
    if (this.#outputs.length > keptOutputs) this.#outputs.shift();
    await this.#audience.after(shown);
  }

  /** Adds a call that settled; the last command made it. */
  async observe(observation: Observation): Promise<void> {
    this.observations.push({ ...observation, command: this.commands.length - 1 });
    const { caller, cluster, target, request, verdict, signature } = observation;
    await this.#audience.called({ caller, cluster, target, request, verdict, signature });
  }

  /** Adds how many calls were shared out; the last command made them. */
  sharedOut(shares: readonly Share[]): void {
    this.shares.push(...shares.map((share) => ({ ...share, command: this.commands.length - 1 })));
  }

  /** What is true of whatever is called now. */
  get moment(): Pick<SeenCall, 'step' | 'changed' | 'inForce'> {
    return { step: this.step, changed: this.changed, inForce: this.inForce };
  }

  /** Adds a wait of the step that runs, whether what was waited for came or not. */
  waited(reason: string, { holds, waitedMs, deadlineMs, attempts }: Convergence<unknown>): void {
    this.waits.push({ step: this.step, reason, held: holds, waitedMs, deadlineMs, attempts });
  }

  /** Adds a wait that a command made by itself, and that ended well. */
  waitedBy(reason: string, waitedMs: number, deadlineMs: number): void {
    this.waited(reason, { holds: true, last: undefined, attempts: 1, waitedMs: Math.round(waitedMs), deadlineMs });
  }

  /** What was found since there were so many findings is done again, and the last time counts. */
  supersede(since: number): void {
    const again = this.findings.splice(since);
    this.findings.push(...again.map((finding) => Object.assign(finding, { superseded: true as const })));
  }

  /**
   * Adds a finding of the step that runs.
   *
   * @param evidence what proves it; a long text is cut
   * @param output what it was read from, if that is more
   */
  async find(claim: string, evidence: string, output = evidence): Promise<void> {
    this.findings.push({ step: this.step, claim, ...asEvidence(evidence, output), ...this.#printer(output) });
    await this.#audience.found(claim, output.trim() === evidence.trim() ? '' : evidence, '');
  }

  /** Adds a finding that rests on what was counted or measured, which no command has printed as it is. */
  async findFigures(claim: string, figures: string): Promise<void> {
    this.findings.push({ step: this.step, claim, ...asEvidence(figures, figures), ...this.#printer() });
    await this.#audience.found(claim, '', figures);
  }

  /** The command that printed an output, or the last one where none did. */
  #printer(output = ''): Pick<Finding, 'command' | 'printed'> {
    if (this.commands.length === 0) return {};
    const text = output.trim();
    const printer = text === '' ? undefined : this.#outputs.findLast(({ stdout }) => stdout.includes(text));
    return { command: printer?.command ?? this.commands.length - 1, printed: printer !== undefined };
  }
}

/** Lines in which a program warns: of the API server's own, and of whatever is deprecated. */
export function warningsIn(stderr: string): string[] {
  return stderr.split(/\r?\n/).filter((line) => /^\s*Warning: |\bdeprecated\b/i.test(line));
}
