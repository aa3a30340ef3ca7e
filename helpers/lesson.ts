import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Capture, type CaptureOptions, capturePackets } from './capture.ts';
import { Client } from './client.ts';
import { converge } from './convergence.ts';
import type { Transcript } from './evidence.ts';
import { faultIsMeant, strikeOnce } from './faults/strike.ts';
import { fillIn, hasLessonManifest, readFixture } from './fixture.ts';
import { Journal, withholding } from './journal.ts';
import { readMeshConfig, withMeshConfig, writeMeshConfig } from './mesh/mesh-config.ts';
import { logStep, showManifest, showPicture, showTranscript, step } from './narration.ts';
import { stateDir } from './places.ts';
import { must, run } from './program.ts';
import { escapeHtml } from './report/escape.ts';
import { table } from './report/style.ts';
import { removeNamespaces } from './snapshot.ts';
import { timeouts } from './timeouts.ts';
import { Unmet } from './unmet.ts';

/** What a spec does: cast, steps, apply, withhold, and clients whose probes settle on a named outcome. */
export class Lesson {
  readonly journal = new Journal();
  /** Namespaces that the cast created; the exercise removes them. The first is the one that clients and commands mean. */
  readonly namespaces: string[] = [];
  readonly #folder: string;
  readonly #undo: (() => Promise<void>)[] = [];

  /** @param folder fixture folder of the exercise */
  constructor(folder: string) {
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
      const limit = `--timeout=${timeouts.castReadyMs / 1000}s`;
      const available = ['deployment', '--all', '--for=condition=Available', limit];
      for (const namespace of fixture.namespaces) {
        const wait = ['wait', '--namespace', namespace];
        if (fixture.deploymentNamespaces.includes(namespace)) await must('kubectl', [...wait, ...available]);
        if (fixture.podNamespaces.includes(namespace))
          await showTranscript(await must('kubectl', [...wait, 'pod', '--all', '--for=condition=Ready', limit]));
      }
    });
    if (faultIsMeant && !(await hasLessonManifest(this.#folder))) await strikeOnce(this.namespaces);
  }

  /** A chapter of the exercise; its title is what the learner reads. */
  async step(title: string, body: () => Promise<void>): Promise<void> {
    this.journal.step = title;
    await step(title, body);
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
    await step(`Apply ${fixture.objects.join(', ')}`, async () => {
      await showManifest(fixture.file, yaml);
      const applied =
        script === undefined
          ? await must('kubectl', ['apply', '-f', fixture.path])
          : { ...(await must('bash', ['-c', script])), command: script };
      await showTranscript(applied);
      this.journal.manifests.push({ file: fixture.file, yaml, step: this.journal.step });
    });
  }

  /**
   * Adds the mesh-wide settings of an IstioOperator file to those in force, as `istioctl install -f` would; every
   * namespace sees them, so only a `.mesh-wide.spec.ts` may. When the exercise ends, the settings are what they were.
   */
  async applyMeshConfig(file: string): Promise<void> {
    const fixture = await readFixture(this.#folder, file);
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

  /** Runs kubectl in the cast's namespace and shows it; it must succeed. Name another namespace in `args` to go there. */
  async kubectl(...args: readonly string[]): Promise<Transcript> {
    const transcript = await must('kubectl', this.#inNamespace(args), { timeoutMs: timeouts.castReadyMs });
    await showTranscript(transcript);
    return transcript;
  }

  /** Runs a program of the learner's machine (istioctl, kubectl, dig) and shows it, whatever its exit code. */
  async attempt(program: string, ...args: readonly string[]): Promise<Transcript> {
    const transcript = await run(program, args, { timeoutMs: timeouts.castReadyMs });
    await showTranscript(transcript);
    return transcript;
  }

  /** Runs a script of the course text with bash, in an empty folder of its own, and shows it, whatever its exit code. */
  async shell(script: string): Promise<Transcript> {
    const folder = await mkdtemp(join(stateDir, 'script-'));
    try {
      const transcript = { ...(await run('bash', ['-c', script], { cwd: folder })), command: script.trim() };
      await showTranscript(transcript);
      return transcript;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * A second witness: runs a program, kubectl unless another is named, until what it prints satisfies, and shows it.
   *
   * @param says completes the sentence "it is seen that …"
   * @param args arguments; kubectl's get the namespace of the cast unless they name one
   * @param tell what of a long output the story tells
   * @throws {Unmet} if it does not satisfy before the deadline
   */
  async witness(
    says: string,
    args: readonly string[],
    holds: (output: string) => boolean,
    program: 'kubectl' | 'istioctl' = 'kubectl',
    tell: (output: string) => string = (output) => output,
  ): Promise<string> {
    return step(`Second witness: ${says}`, async () => {
      const seen = await converge(
        () => run(program, program === 'kubectl' ? this.#inNamespace(args) : args, { timeoutMs: timeouts.commandMs }),
        ({ exitCode, stdout }) => exitCode === 0 && holds(stdout),
        { deadlineMs: this.journal.settleMs() },
      );
      this.journal.waited(says, seen);
      await showTranscript(seen.last);
      const { command, stdout, stderr, exitCode } = seen.last;
      if (!seen.holds) {
        throw new Unmet(
          `The second witness does not confirm that ${says}:\n$ ${command}\n${stdout.slice(-2000)}${stderr.slice(-500)}`,
          exitCode === 0,
        );
      }
      this.journal.find(says, tell(stdout));
      return stdout;
    });
  }

  /**
   * A claim about what was measured or calculated.
   *
   * @throws {Unmet} if it does not hold; the message has the evidence
   */
  async check<T>(claim: string, evidence: T, holds: (evidence: T) => boolean): Promise<void> {
    const text = typeof evidence === 'string' ? evidence : JSON.stringify(evidence);
    await step(`Check: ${claim}`, async () => {
      await logStep(text.slice(0, 400));
      if (!holds(evidence)) throw new Unmet(`It does not hold that ${claim}. Seen: ${text.slice(0, 2000)}`, true);
      this.journal.find(claim, text);
    });
  }

  /** Records a figure that this run measured; `make roi` calculates with it. Rounded to hundredths. */
  async measure(assertion: string, what: string, value: number, unit: string): Promise<void> {
    const rounded = Math.round(value * 100) / 100;
    await logStep(`measured: ${what}: ${rounded} ${unit}`);
    this.journal.measurements.push({ exercise: assertion, what, value: rounded, unit });
    this.journal.find(`measured: ${what}`, `${rounded} ${unit}`);
  }

  /** Puts a picture drawn from the run into the story. */
  async show(title: string, svg: string): Promise<void> {
    await showPicture(title, svg);
    this.journal.exhibits.push({ title, html: svg });
  }

  /** Puts a table of what was measured into the story; cells are plain text. */
  table(title: string, heads: readonly string[], rows: readonly (readonly string[])[]): void {
    const cells = rows.map((row) => row.map(escapeHtml));
    this.journal.exhibits.push({ title, html: table(heads.map(escapeHtml), cells) });
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

  #inNamespace(args: readonly string[]): string[] {
    const named = args.some((word) => /^(-n|-A|--namespace|--all-namespaces)(=|$)/.test(word));
    return named ? [...args] : ['--namespace', this.namespaces[0] ?? 'default', ...args];
  }
}
