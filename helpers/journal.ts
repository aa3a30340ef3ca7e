import type { Convergence } from './convergence.ts';
import type { AppliedManifest, Exhibit, Finding, Measured, Sighting, Story, Wait } from './evidence.ts';
import { timeouts } from './timeouts.ts';

/** True in a run that withholds every lesson manifest: each exercise must then go red for the right reason. */
export const withholding = process.env['WITHHOLD_LESSONS'] === '1';

/**
 * Which mutant of its lesson manifests each exercise of this run meets, counted from 0; undefined in a run without mutants.
 */
export const mutantRound = process.env['MUTANT_ROUND'] === undefined ? undefined : Number(process.env['MUTANT_ROUND']);

/** What one exercise did and saw, written while it runs; the story of the report is told from it. */
export class Journal implements Story {
  readonly sightings: Sighting[] = [];
  readonly manifests: AppliedManifest[] = [];
  readonly findings: Finding[] = [];
  readonly exhibits: Exhibit[] = [];
  readonly waits: Wait[] = [];
  readonly measurements: Measured[] = [];
  /** Title of the step that runs. */
  step = 'Cast';
  /** True once a lesson manifest was withheld: from here on, red is what is wanted. */
  withheld = false;
  /** The mutant that was applied in place of a lesson manifest, once it was: from here on, red is what is wanted. */
  mutant: string | undefined;

  /**
   * How long an expectation may take to be met from now on, in milliseconds.
   *
   * @param usualMs the deadline while the lesson manifest is there
   */
  settleMs(usualMs: number = timeouts.settleMs): number {
    return this.withheld || this.mutant !== undefined ? timeouts.settleWithheldMs : usualMs;
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
