import type { Convergence } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { showTranscript } from './allure.ts';
import type {
  AppliedManifest,
  Exhibit,
  Finding,
  Measured,
  Observation,
  RanCommand,
  Story,
  Wait,
} from './observation.ts';

/** What one exercise did and saw, written while it runs; the report is made from it. */
export class Recorder implements Story {
  readonly observations: Observation[] = [];
  readonly manifests: AppliedManifest[] = [];
  readonly findings: Finding[] = [];
  readonly exhibits: Exhibit[] = [];
  readonly waits: Wait[] = [];
  readonly measurements: Measured[] = [];
  readonly commands: RanCommand[] = [];
  /** Title of the step that runs. */
  step = 'Setup';
  /** True once a lesson manifest was withheld: from here on, red is what is wanted. */
  withheld = false;
  /** The mutant that was applied in place of a lesson manifest, once it was: from here on, red is what is wanted. */
  mutant: string | undefined;

  /** True once the lesson has changed something. */
  get changed(): boolean {
    return this.manifests.length > 0;
  }

  /**
   * How long an expectation may take to be met from now on, in milliseconds.
   *
   * @param usualMs the deadline while the lesson manifest is there
   */
  settleMs(usualMs: number = timeouts.settleMs): number {
    return this.withheld || this.mutant !== undefined ? timeouts.settleWithoutManifestMs : usualMs;
  }

  /**
   * Shows a command that ran, and keeps it.
   *
   * @param typed what a person would type for it, where the exercise runs it many times by one command
   */
  async ran(transcript: Transcript, typed = transcript.command): Promise<void> {
    await showTranscript(transcript);
    const { command, exitCode } = transcript;
    this.commands.push({ step: this.step, command, typed, exitCode });
  }

  /** Adds a wait of the step that runs, whether what was waited for came or not. */
  waited(reason: string, { holds, waitedMs, deadlineMs, attempts }: Convergence<unknown>): void {
    this.waits.push({ step: this.step, reason, held: holds, waitedMs, deadlineMs, attempts });
  }

  /** Adds a wait that a command made by itself, and that ended well. */
  waitedBy(reason: string, waitedMs: number, deadlineMs: number): void {
    this.waited(reason, { holds: true, last: undefined, attempts: 1, waitedMs: Math.round(waitedMs), deadlineMs });
  }

  /** Adds a finding of the step that runs; a long output is cut to its first lines. */
  find(claim: string, evidence: string): void {
    const lines = evidence.trim().split('\n');
    const kept = lines.slice(0, 4).map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line));
    this.findings.push({ step: this.step, claim, evidence: [...kept, ...(lines.length > 4 ? ['…'] : [])].join('\n') });
  }
}
