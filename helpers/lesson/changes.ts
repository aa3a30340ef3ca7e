import { relative } from 'node:path';

import { faultOf, injectOnce } from '../faults/inject.ts';
import { lessonMutants } from '../mutants/of-a-lesson.ts';
import type { Mutant } from '../mutants/rules.ts';
import { showManifest, step } from '../record/allure.ts';
import type { AppliedManifest } from '../record/observation.ts';
import type { Recorder } from '../record/recorder.ts';
import type { RunMode } from '../record/run-mode.ts';
import { fixturesDir } from '../system/paths.ts';
import type { Transcript } from '../system/program.ts';

/** Something that a lesson changes: the one thing that its claim is about. */
export interface Change {
  /** What a step calls it, e.g. `Apply NetworkPolicy backend-policy`. */
  readonly title: string;
  /** As a person would type it. */
  readonly typed: string;
  /** Its file in the fixture folder, e.g. `20-backend-policy.yaml`; missing where a command says it all. */
  readonly manifest?: Omit<AppliedManifest, 'step'>;
  /** Makes it. */
  readonly make: () => Promise<Transcript>;
  /** Makes it with another manifest in its place; without one, there are no mutants of it. */
  readonly makeMutant?: (mutant: Mutant) => Promise<void>;
  /** Takes back what the removal of the lesson's namespaces does not take with it, and sees that it did. */
  readonly undo?: () => Promise<void>;
}

/**
 * Everything that a lesson changes and takes back goes through here, so that the run's mode, the record and the undoing
 * hold for each of them.
 */
export class Changes {
  readonly #recorder: Recorder;
  readonly #mode: RunMode;
  readonly #folder: string;
  readonly #undo: (() => Promise<void>)[] = [];
  /** True once all was taken back; an exercise that ran out of time may still go on. */
  #isOver = false;

  /** @param folder fixture folder of the exercise */
  constructor(recorder: Recorder, mode: RunMode, folder: string) {
    this.#recorder = recorder;
    this.#mode = mode;
    this.#folder = folder;
  }

  /** Makes a change, or in its place what the mode of the run has there. */
  async make(change: Change, namespaces: readonly string[]): Promise<void> {
    this.refuseOnceOver(change.title);
    await this.injectFault(namespaces);
    if (this.#mode.kind === 'without-manifest') {
      this.#recorder.withheld = true;
      await step(`Withheld: ${change.title}`, async () => {});
      return;
    }
    const { manifest } = change;
    const mutant = manifest === undefined ? undefined : await this.#mutantOf(manifest.file);
    if (change.undo !== undefined) this.#undo.unshift(change.undo);
    await step(change.title, async () => {
      if (manifest !== undefined) await showManifest(manifest.file, manifest.yaml);
      if (mutant !== undefined && change.makeMutant !== undefined) {
        // Known by its name also if the API server refuses it.
        this.#recorder.mutant = mutant.name;
        await change.makeMutant(mutant);
        return;
      }
      await this.#recorder.announce(change.typed);
      await this.#recorder.ran(await change.make());
      if (manifest !== undefined) this.#recorder.changedBy(manifest);
    });
  }

  /**
   * Takes a change away again; nothing where the run withheld it.
   *
   * @param title what the step calls it, e.g. `Take away NetworkPolicy backend-policy`
   * @param typed as a person would type it
   */
  async revert(title: string, typed: string, takeAway: () => Promise<Transcript>): Promise<void> {
    if (this.#mode.kind === 'without-manifest') return;
    await step(title, async () => {
      await this.#recorder.announce(typed);
      await this.#recorder.ran(await takeAway());
    });
  }

  /** Remembers how something that is no manifest is taken back when the exercise ends, whatever happens before. */
  takeBackAtTheEnd(undo: () => Promise<void>): void {
    this.refuseOnceOver('a change that is taken back at the end');
    this.#undo.unshift(undo);
  }

  /** @throws once all was taken back: what an exercise makes after that stays for ever */
  refuseOnceOver(what: string): void {
    if (this.#isOver) throw new Error(`The exercise has ended before it came to: ${what}`);
  }

  /** Breaks what this run is to break, the first time; nothing in any other run. */
  async injectFault(namespaces: readonly string[]): Promise<void> {
    const fault = faultOf(this.#mode);
    if (fault !== undefined) await injectOnce(fault, namespaces);
  }

  /**
   * Takes back every change that the removal of the lesson's namespaces does not, last first.
   *
   * @throws {unknown} the first error, once all the others are taken back
   */
  async undo(): Promise<void> {
    const errors: unknown[] = [];
    this.#isOver = true;
    for (const action of this.#undo.splice(0)) await action().catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }

  /** The mutant that this run applies in place of a manifest; none in any other run, or if another manifest is changed. */
  async #mutantOf(file: string): Promise<Mutant | undefined> {
    if (this.#mode.kind !== 'mutant') return undefined;
    const [index] = this.#mode.chosen[relative(fixturesDir, this.#folder)] ?? [];
    const chosen = index === undefined ? undefined : (await lessonMutants(this.#folder))[index];
    return chosen?.file === file ? chosen : undefined;
  }
}
