import { type Capture, type CaptureOptions, capturePackets } from './calls/capture.ts';
import { Client } from './calls/client.ts';
import { faultIsMeant, strikeOnce } from './faults/strike.ts';
import { fillIn, hasLessonManifest, readFixture } from './fixture.ts';
import { mutantRound, withholding } from './journal.ts';
import { readMeshConfig, withMeshConfig, writeMeshConfig } from './mesh/mesh-config.ts';
import { lessonMutants } from './mutants/of-a-lesson.ts';
import type { Mutant } from './mutants/rules.ts';
import { removeNamespaces } from './namespaces.ts';
import { showManifest, showTranscript, step } from './narration.ts';
import { must } from './program.ts';
import { timeouts } from './timeouts.ts';
import { Workstation } from './workstation.ts';

/** What a spec does: cast, steps, apply, withhold, and clients whose probes settle on a named outcome. */
export class Lesson extends Workstation {
  readonly #folder: string;
  readonly #undo: (() => Promise<void>)[] = [];

  /** @param folder fixture folder of the exercise */
  constructor(folder: string) {
    super();
    this.#folder = folder;
  }

  /** Creates the namespaces and workloads of a manifest and waits until every pod is Ready. */
  async cast(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    const cast = fixture.objects.filter((object) => !/^(Namespace|Service|ServiceAccount) /.test(object));
    await step(`Cast: ${cast.join(', ')}`, async () => {
      this.namespaces.push(...fixture.namespaces);
      // An interrupted run may have left them behind, or be just about to lose them.
      await removeNamespaces(fixture.namespaces);
      await showManifest(fixture.file, fixture.yaml);
      await showTranscript(await must('kubectl', ['apply', '-f', fixture.path]));
      let waitedMs = 0;
      const limit = `--timeout=${timeouts.castReadyMs / 1000}s`;
      const available = ['deployment', '--all', '--for=condition=Available', limit];
      for (const namespace of fixture.namespaces) {
        const wait = ['wait', '--namespace', namespace];
        if (fixture.deploymentNamespaces.includes(namespace))
          waitedMs += (await must('kubectl', [...wait, ...available])).durationMs;
        if (!fixture.podNamespaces.includes(namespace)) continue;
        const ready = await must('kubectl', [...wait, 'pod', '--all', '--for=condition=Ready', limit]);
        await showTranscript(ready);
        waitedMs += ready.durationMs;
      }
      this.journal.waitedBy('the cast is ready', waitedMs, timeouts.castReadyMs);
    });
    if (faultIsMeant && !(await hasLessonManifest(this.#folder))) await strikeOnce(this.namespaces);
  }

  /**
   * Applies a lesson manifest: the one thing that changes.
   *
   * @param values of its placeholders, where only the run knows them, e.g. `{ FRONTEND_IP: '10.244.0.7' }`
   */
  async apply(file: string, values: Readonly<Record<string, string>> = {}): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    const { yaml, script } = fillIn(fixture, values);
    await strikeOnce(this.namespaces);
    if (withholding) {
      this.journal.withheld = true;
      await step(`Withheld: kubectl apply -f ${fixture.path}`, async () => {});
      return;
    }
    const mutant = await this.#mutantOf(file);
    await step(`Apply ${fixture.objects.join(', ')}`, async () => {
      await showManifest(fixture.file, yaml);
      if (mutant !== undefined) {
        // Known by its name also if the API server refuses it.
        this.journal.mutant = mutant.name;
        await must('kubectl', ['apply', '-f', '-'], { input: fillIn({ ...fixture, yaml: mutant.yaml }, values).yaml });
        return;
      }
      const applied =
        script === undefined
          ? await must('kubectl', ['apply', '-f', fixture.path])
          : { ...(await must('bash', ['-c', script])), command: script };
      await showTranscript(applied);
      this.journal.manifests.push({ file: fixture.file, yaml, step: this.journal.step });
    });
  }

  /** The mutant that this run applies in place of a manifest; none in any other run, or if another manifest is changed. */
  async #mutantOf(file: string): Promise<Mutant | undefined> {
    if (mutantRound === undefined) return undefined;
    const chosen = (await lessonMutants(this.#folder))[mutantRound];
    return chosen?.file === file ? chosen : undefined;
  }

  /**
   * Adds the mesh-wide settings of an IstioOperator file to those in force, as `istioctl install -f` would; every
   * namespace sees them, so only a `.mesh-wide.spec.ts` may. When the exercise ends, the settings are what they were.
   */
  async applyMeshConfig(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    await strikeOnce(this.namespaces);
    if (withholding) {
      this.journal.withheld = true;
      await step(`Withheld: the mesh-wide settings of ${fixture.path}`, async () => {});
      return;
    }
    const before = await readMeshConfig();
    this.afterwards(async () => {
      await writeMeshConfig(before);
      if ((await readMeshConfig()) !== before) throw new Error('The mesh-wide settings are not what they were');
    });
    await step(`Mesh-wide settings of ${file}`, async () => {
      await showManifest(fixture.file, fixture.yaml);
      await showTranscript(await writeMeshConfig(withMeshConfig(before, fixture.yaml)));
      this.journal.manifests.push({ file: fixture.file, yaml: fixture.yaml, step: this.journal.step });
    });
  }

  /** Takes a lesson manifest away again. */
  async withhold(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
    await step(`Take away ${fixture.objects.join(', ')}`, async () => {
      await showTranscript(await must('kubectl', ['delete', '-f', fixture.path]));
    });
  }

  /** A caller, e.g. `client('deployment/frontend')`; in the first namespace of the cast unless another is named. */
  client(workload: string, namespace = this.namespaces[0] ?? 'default'): Client {
    return new Client(namespace, workload, this.journal);
  }

  /**
   * Listens with tcpdump in a pod of the cast while traffic is made, e.g. `capture('deployment/backend', { filter:
   * 'tcp port 80' }, …)`; what was captured is judged by the caller.
   */
  async capture(workload: string, options: CaptureOptions, traffic: () => Promise<void>): Promise<Capture> {
    return capturePackets(options.namespace ?? this.namespaces[0] ?? 'default', workload, options, traffic);
  }

  /** Registers what takes back a change outside the cast's namespaces; it runs when the exercise ends, last first. */
  afterwards(action: () => Promise<void>): void {
    this.#undo.unshift(action);
  }

  /** Takes back every change outside the cast's namespaces. */
  async undo(): Promise<void> {
    for (const action of this.#undo.splice(0)) await action();
  }
}
