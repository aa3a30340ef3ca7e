import { converge } from './convergence.ts';
import type { AppliedManifest, Sighting } from './evidence.ts';
import { type Fixture, readFixture } from './fixture.ts';
import { showManifest, showTranscript, step } from './narration.ts';
import { Probe, type ProbeLog } from './probe.ts';
import { must, run } from './program.ts';
import { removeNamespaces } from './snapshot.ts';
import { timeouts } from './timeouts.ts';

/** True in a run that withholds every lesson manifest: each exercise must then go red for the right reason. */
export const withholding = process.env['WITHHOLD_LESSONS'] === '1';

/** A workload that calls others; what it calls is probed with the same command as often as needed. */
export interface Client {
  /** @param args arguments of curl, the URL last */
  curl(...args: readonly string[]): Probe;
}

/** What a spec does: cast, steps, apply, withhold, and clients whose probes settle on a named outcome. */
export class Lesson {
  readonly sightings: Sighting[] = [];
  readonly manifests: AppliedManifest[] = [];
  /** Namespaces that the cast created; the exercise removes them. */
  readonly namespaces: string[] = [];
  /** True once a lesson manifest was withheld: from here on, red is what is wanted. */
  withheld = false;
  readonly #folder: string;
  #step = 'Cast';

  /** @param folder fixture folder of the exercise */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Creates the namespaces and workloads of a manifest and waits until every pod is Ready. */
  async cast(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    await step(
      `Cast: ${fixture.objects.filter((object) => !/^(Namespace|Service) /.test(object)).join(', ')}`,
      async () => {
        this.namespaces.push(...fixture.namespaces);
        // An interrupted run may have left them behind, or be just about to lose them.
        await removeNamespaces(fixture.namespaces);
        await showManifest(fixture.file, fixture.yaml);
        await showTranscript(await must('kubectl', ['apply', '-f', fixture.path]));
        const limit = `--timeout=${timeouts.castReadyMs / 1000}s`;
        for (const namespace of fixture.namespaces) {
          const available = [
            'wait',
            '--namespace',
            namespace,
            'deployment',
            '--all',
            '--for=condition=Available',
            limit,
          ];
          if (fixture.deploymentNamespaces.includes(namespace)) await must('kubectl', available);
          await showTranscript(
            await must('kubectl', ['wait', '--namespace', namespace, 'pod', '--all', '--for=condition=Ready', limit]),
          );
        }
      },
    );
  }

  /** A chapter of the exercise; its title is what the learner reads. */
  async step(title: string, body: () => Promise<void>): Promise<void> {
    this.#step = title;
    await step(title, body);
  }

  /** Applies a lesson manifest: the one thing that changes. */
  async apply(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    if (withholding) {
      this.withheld = true;
      await step(`Withheld: kubectl apply -f ${fixture.path}`, async () => {});
      return;
    }
    await step(`Apply ${fixture.objects.join(', ')}`, async () => {
      await showManifest(fixture.file, fixture.yaml);
      await showTranscript(await must('kubectl', ['apply', '-f', fixture.path]));
      this.manifests.push({ file: fixture.file, yaml: fixture.yaml, step: this.#step });
    });
  }

  /** Takes a lesson manifest away again. */
  async withhold(file: string): Promise<void> {
    const fixture: Fixture = await readFixture(this.#folder, file);
    await step(`Take away ${fixture.objects.join(', ')}`, async () => {
      await showTranscript(await must('kubectl', ['delete', '-f', fixture.path]));
    });
  }

  /**
   * A second witness: runs kubectl until what it prints satisfies, and shows the command and its output.
   *
   * @param says completes the sentence "the cluster itself says …"
   * @param args of kubectl; the namespace of the cast is added
   * @throws if it does not satisfy before the deadline
   */
  async witness(says: string, args: readonly string[], holds: (output: string) => boolean): Promise<string> {
    const command = ['--namespace', this.namespaces[0] ?? 'default', ...args];
    return step(`Second witness: ${says}`, async () => {
      const options = { deadlineMs: this.#settleMs() };
      const seen = await converge(
        () => run('kubectl', command),
        ({ exitCode, stdout }) => exitCode === 0 && holds(stdout),
        options,
      );
      await showTranscript(seen.last);
      if (!seen.holds)
        throw new Error(
          `The second witness does not confirm that ${says}:\n$ ${seen.last.command}\n${seen.last.stdout.slice(-2000)}`,
        );
      return seen.last.stdout;
    });
  }

  #settleMs(): number {
    return this.withheld ? timeouts.settleWithheldMs : timeouts.settleMs;
  }

  /** A caller, e.g. `client('deployment/frontend')`; in the first namespace of the cast unless another is named. */
  client(workload: string, namespace = this.namespaces[0] ?? 'default'): Client {
    const log: ProbeLog = {
      currentStep: () => this.#step,
      settleMs: () => this.#settleMs(),
      record: (sighting) => this.sightings.push(sighting),
    };
    return { curl: (...args) => new Probe(namespace, workload, args, log) };
  }
}
