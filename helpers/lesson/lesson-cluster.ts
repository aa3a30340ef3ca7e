import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { type Capture, type CaptureOptions, capturePackets } from '../calls/capture.ts';
import { Client } from '../calls/client.ts';
import type { Authority } from '../istio/authority.ts';
import { patchOfMeshConfig, readMeshConfig, withMeshConfig, writeMeshConfig } from '../istio/mesh-config.ts';
import type { Cluster } from '../kube/cluster.ts';
import {
  beyond,
  fillIn,
  type Fixture,
  folderOfSetup,
  hasLessonManifest,
  isFor,
  readFixture,
} from '../kube/manifest.ts';
import { removeNamespaces } from '../kube/namespaces.ts';
import type { Mutant } from '../mutants/rules.ts';
import { showManifest, step } from '../record/allure.ts';
import type { SeenWorkload } from '../record/observation.ts';
import type { Recorder } from '../record/recorder.ts';
import { UsageProblem } from '../system/errors.ts';
import { stateDir } from '../system/paths.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { type CastState, readCast, untilAsBefore } from './cast.ts';
import { giveCertificate } from './certificate.ts';
import type { Changes } from './changes.ts';
import { refusedWithoutControlPlane, withoutControlPlane } from './control-plane-outage.ts';
import { changeDaemonSet, rollBackDaemonSet } from './daemon-set.ts';
import { eventually, type EventuallyOptions } from './eventually.ts';
import { addRoute, onNode } from './node.ts';
import { installOwnIstiod, type OwnIstiod, type WantedIstiod } from './own-istiod.ts';
import { type CredentialWish, giveRemoteSecret, withdrawRemoteSecret } from './remote-secret.ts';
import { createTag, moveTag } from './revision-tags.ts';
import { giveSecret, type SecretToGive } from './secret.ts';
import type { SharedSetup } from './shared-setup.ts';
import type { Site } from './site.ts';
import { watchWhile } from './watch-while.ts';
import { seenWorkloads } from './workloads.ts';

/** What a lesson changes by a command, where no manifest could say it. */
const commands = ['giveRemoteSecret', 'addRouteTo', 'moveTag'] as const satisfies readonly (keyof LessonCluster)[];

/** True of the text of a spec whose lesson is such a command: it can be withheld as a manifest can. */
export function changesByCommand(spec: string): boolean {
  return commands.some((name) => spec.includes(`.${name}(`));
}

/** A cluster as a lesson works on it: what is deployed, changed and typed there. */
export class LessonCluster {
  /** Namespaces that the lesson created; they go when it ends, but for those of a set-up that it shares. The first is the one that clients and commands mean. */
  readonly namespaces: string[] = [];
  readonly #cluster: Cluster;
  readonly #recorder: Recorder;
  readonly #changes: Changes;
  readonly #folder: string;
  readonly #shared: SharedSetup | undefined;
  /** Namespaces of the set-up that the claim shares, and what was in them when its turn began. */
  #found: { readonly setup: Fixture; readonly cast: CastState } | undefined;

  /** Tells it from the other of two, e.g. `west`; empty where the exercise has one cluster. */
  get name(): string {
    return this.#cluster.name;
  }

  /**
   * @param folder fixture folder of the claim
   * @param shared the claim's turn on the set-up of its exercise, where it shares one
   */
  constructor(cluster: Cluster, recorder: Recorder, changes: Changes, folder: string, shared?: SharedSetup) {
    this.#cluster = cluster;
    this.#recorder = recorder;
    this.#changes = changes;
    this.#folder = folder;
    this.#shared = shared;
  }

  /**
   * Creates the namespaces and workloads of a manifest and waits until every pod is Ready. Where the claim's own folder has
   * no such file, it is the exercise's, which its claims share.
   */
  async deploy(file: string): Promise<void> {
    const folder = folderOfSetup(this.#folder, file);
    const shared = folder === this.#folder ? undefined : this.#shared;
    const fixture = await this.#fixture(folder, file);
    const workloads = fixture.objects.filter((object) => !/^(Namespace|Service|ServiceAccount) /.test(object));
    const what = workloads.length > 0 ? workloads : fixture.objects;
    const isThere = shared?.takeOver() === true;
    const byWhom = isThere ? ', which a claim before this one has deployed' : '';
    await step(`Deploy ${what.join(', ')}${this.#in}${byWhom}`, async () => {
      this.#changes.refuseOnceOver(file);
      this.namespaces.push(...fixture.namespaces);
      // An interrupted run may have left them behind, or be just about to lose them.
      if (!isThere) await removeNamespaces(this.#cluster, fixture.namespaces);
      await showManifest(fixture.file, fixture.yaml);
      await this.#recorder.announce(
        this.#cluster.typed('kubectl', ['apply', '-f', fixture.path]),
        'every pod is Ready',
      );
      await this.#recorder.ran(await this.#cluster.must('kubectl', ['apply', '-f', fixture.path]));
      await this.#untilReady(fixture);
      this.#recorder.setup.push({ file, yaml: fixture.yaml, ...this.#where, step: this.#recorder.step });
      this.#recorder.workloads.before.push(...(await this.workloads(fixture.podNamespaces)));
      // Where nobody comes after it, everything goes.
      if (shared?.isShared !== true) return;
      this.#found = { setup: fixture, cast: await readCast(this.#cluster, fixture.namespaces) };
    });
    // Where nothing changes later, what is broken on purpose is broken now.
    if (!(await hasLessonManifest(this.#folder))) await this.#changes.injectFault(this.namespaces);
  }

  /** Namespaces that stay for the next claim, if this one leaves them as it found them. */
  get sharedNamespaces(): readonly string[] {
    return this.#found?.setup.namespaces ?? [];
  }

  /** What the claim has left otherwise in the set-up that it shares, one line each; nothing where it shares none. */
  async leftOtherwise(): Promise<string[]> {
    return this.#found === undefined
      ? []
      : untilAsBefore(this.#cluster, this.#found.setup.namespaces, this.#found.cast);
  }

  /** Who is there now, in the lesson's namespaces unless others are named. */
  async workloads(namespaces: readonly string[] = this.namespaces): Promise<SeenWorkload[]> {
    const seen = await seenWorkloads(this.#cluster, namespaces);
    return seen.map((workload) => Object.assign(workload, this.#where));
  }

  /**
   * Applies a lesson manifest: the one thing that changes. What of it lies outside the namespaces that go with the lesson
   * goes when the exercise ends.
   *
   * @param values of its placeholders, where only the run knows them, e.g. `{ FRONTEND_IP: '10.244.0.7' }`
   */
  async change(file: string, values: Readonly<Record<string, string>> = {}): Promise<void> {
    const fixture = await this.#fixture(this.#folder, file);
    const { yaml, script } = fillIn(fixture, values, this.#cluster.typed('kubectl', ['apply', '-f', '-']));
    const stays = (namespace: string) =>
      !this.namespaces.includes(namespace) || this.sharedNamespaces.includes(namespace);
    const leaves = fixture.homes.some(stays);
    await this.#changes.make(
      {
        title: `Apply ${fixture.objects.join(', ')}${this.#in}`,
        typed: script ?? this.#cluster.typed('kubectl', ['apply', '-f', fixture.path]),
        manifest: { file, yaml, ...this.#where },
        make: async () =>
          script === undefined
            ? this.#cluster.must('kubectl', ['apply', '-f', fixture.path])
            : { ...(await this.#cluster.must('bash', ['-c', script])), command: script },
        makeMutant: async (mutant) => {
          await this.#cluster.must('kubectl', ['apply', '-f', '-'], { input: filledMutant(fixture, mutant, values) });
        },
        ...(leaves ? { undo: () => this.#takeBack(fixture) } : {}),
      },
      this.namespaces,
    );
  }

  /** Takes a lesson manifest away again. */
  async revert(file: string): Promise<void> {
    const fixture = await this.#fixture(this.#folder, file);
    // For the picture: a lesson that takes all back ends with pods as they were before it.
    if (this.#recorder.workloads.after.length === 0) this.#recorder.sawAfter(await this.workloads());
    const words = ['delete', '-f', fixture.path];
    await this.#changes.revert(
      `Take away ${fixture.objects.join(', ')}${this.#in}`,
      this.#cluster.typed('kubectl', words),
      () => this.#cluster.must('kubectl', words),
    );
    this.#recorder.tookAway({ file, ...this.#where });
  }

  /**
   * Adds the mesh-wide settings of an IstioOperator file to those in force, as `istioctl install -f` would; every
   * namespace sees them, so only a `.mesh-wide.spec.ts` may. When the exercise ends, the settings are what they were.
   *
   * @param values of its placeholders, where only the run knows them
   */
  async changeMeshConfig(file: string, values: Readonly<Record<string, string>> = {}): Promise<void> {
    const fixture = await this.#fixture(this.#folder, file);
    const { yaml } = fillIn(fixture, values);
    const write = (settings: string) => writeMeshConfig(this.#cluster, withMeshConfig(before, settings));
    const before = await readMeshConfig(this.#cluster);
    await this.#changes.make(
      {
        title: `Mesh-wide settings of ${file}${this.#in}`,
        typed: this.#cluster.typed('kubectl', patchOfMeshConfig(withMeshConfig(before, yaml))),
        manifest: { file, yaml, ...this.#where },
        make: () => write(yaml),
        makeMutant: async (mutant) => void (await write(filledMutant(fixture, mutant, values))),
        undo: async () => {
          await writeMeshConfig(this.#cluster, before);
          if ((await readMeshConfig(this.#cluster)) !== before)
            throw new Error('The mesh-wide settings are not what they were');
        },
      },
      this.namespaces,
    );
  }

  /**
   * Installs an istiod of the lesson's own beside the mesh's; it goes when the exercise ends. Namespaces ask for it by the
   * label `istio.io/rev`. Its objects come and go where every exercise sees them, so only a `.mesh-wide.spec.ts` may.
   */
  async installIstiod(wanted: WantedIstiod): Promise<OwnIstiod> {
    return installOwnIstiod(this.#site, wanted);
  }

  /** Puts another Secret in the place of one; its values come by standard input and are shown nowhere. */
  async replaceSecret(secret: SecretToGive): Promise<void> {
    await giveSecret(this.#site, secret, 'replace');
  }

  /**
   * Makes a Secret in the lesson's namespace with a certificate for an identity, signed by the cluster's own authority unless
   * another is given; keys are shown nowhere.
   *
   * @param identity e.g. `spiffe://cluster.local/ns/shop/sa/frontend`
   */
  async giveCertificate(name: string, identity: string, authority?: Authority): Promise<void> {
    await giveCertificate(this.#site, { name, namespace: this.#namespace }, identity, authority);
  }

  /**
   * Gives revisions of Istio a tag, which namespaces name in place of one. The tag goes when the exercise ends. Only a
   * `.mesh-wide.spec.ts` may.
   */
  async createTag(tag: string, revision: string): Promise<void> {
    await createTag(this.#site, tag, revision);
  }

  /** Moves a tag to another revision, as the lesson's change: the run that withholds it leaves the tag where it is. */
  async moveTag(tag: string, revision: string): Promise<void> {
    await moveTag(this.#site, tag, revision, this.namespaces);
  }

  /**
   * Takes away its credential for another cluster, as a part of the set-up. When the exercise ends it is back, and istiod has
   * read the other cluster by it. Only a `.pair-wide.spec.ts` may.
   */
  async withdrawRemoteSecret(other: LessonCluster): Promise<void> {
    await withdrawRemoteSecret(this.#site, other.#cluster);
  }

  /**
   * Gives it a credential for another cluster, as the lesson's change; what was found is back when the exercise ends. Only a
   * `.pair-wide.spec.ts` may.
   */
  async giveRemoteSecret(other: LessonCluster, wish: CredentialWish = {}): Promise<void> {
    await giveRemoteSecret(this.#site, other.#cluster, wish, this.namespaces);
  }

  /** Gives its node a route to the pods of another cluster, as the lesson's change. Only a `.pair-wide.spec.ts` may. */
  async addRouteTo(other: LessonCluster): Promise<void> {
    await addRoute(this.#site, other.#cluster, [this.#namespace, ...this.namespaces.slice(1)]);
  }

  /** Reads something of the network of its node, e.g. `onNode('ip', 'route')`. */
  async onNode(...command: readonly string[]): Promise<Transcript> {
    return onNode(this.#site, this.#namespace, command);
  }

  /**
   * Does something while the control plane is stopped, as by an outage; every namespace feels it, so only a
   * `.mesh-wide.spec.ts` may. It is available again afterwards, and also if the exercise ends before.
   */
  async withoutControlPlane(body: () => Promise<void>): Promise<void> {
    await withoutControlPlane(this.#site, body);
  }

  /**
   * Changes a DaemonSet that every namespace sees by a manifest that holds only what is to be otherwise, as the lesson's
   * change. When the exercise ends it is what it was, and ready on as many nodes. Only a `.mesh-wide.spec.ts` or an
   * `.ambient-alone.spec.ts` may.
   */
  async changeDaemonSet(file: string): Promise<void> {
    await changeDaemonSet(this.#site, file, this.namespaces);
  }

  /** Takes such a change back before the exercise ends, and waits until the pods are ready. */
  async rollBackDaemonSet(file: string): Promise<void> {
    await rollBackDaemonSet(this.#site, file);
  }

  /**
   * Lets istiod log more while something is done, e.g. `delta:debug`; all of its levels are Istio's own afterwards, and also
   * if the exercise ends before. No proxy is told of it, so every exercise may.
   */
  async whileIstiodLogs(level: string, body: () => Promise<void>): Promise<void> {
    const limit = { timeoutMs: timeouts.commandMs };
    const run = async (title: string, ...words: readonly string[]) =>
      step(title, async () => {
        await this.#recorder.announce(this.#cluster.typed('istioctl', ['admin', 'log', ...words]));
        await this.#recorder.ran(await this.#cluster.must('istioctl', ['admin', 'log', ...words], limit));
      });
    this.#changes.takeBackAtTheEnd(async () => {
      await this.#cluster.must('istioctl', ['admin', 'log', '--reset'], limit);
    });
    await run('Let istiod log more', '--level', level);
    await body();
    await run('Let istiod log as before', '--reset');
  }

  /**
   * Sees that a manifest is refused because istiod, which would have to examine it, is not there. For a moment nodes may
   * send that question on to the pod that is gone, and the refusal has other words; it has changed nothing, so it is asked
   * for again.
   *
   * @param webhook end of the name of istiod's webhook that is called, e.g. `validation.istio.io`
   * @throws {ExpectationError} at once if the manifest is taken
   */
  async refusedWithoutControlPlane(claim: string, file: string, webhook: string): Promise<void> {
    await refusedWithoutControlPlane(this.#site, claim, file, webhook);
  }

  /**
   * A caller, e.g. `client('deployment/frontend')`; in the lesson's first namespace unless another is named, and in the
   * pod's default container unless another is.
   */
  client(workload: string, namespace = this.#namespace, container?: string): Client {
    const caller = { namespace, workload, ...(container === undefined ? {} : { container }) };
    return new Client(this.#cluster, caller, this.#recorder);
  }

  /**
   * Listens with tcpdump in a pod while traffic is made, e.g. `capture('deployment/backend', { filter: 'tcp port 80' },
   * …)`; what was captured is judged by the caller.
   */
  async capture(workload: string, options: CaptureOptions, traffic: () => Promise<void>): Promise<Capture> {
    const where = { cluster: this.#cluster, recorder: this.#recorder };
    return capturePackets(where, options.namespace ?? this.#namespace, workload, options, traffic);
  }

  /**
   * Runs kubectl in the lesson's namespace and shows it; it must succeed. Name another namespace in `args` to go there.
   * `wait` and `rollout status` count among the waits.
   */
  async kubectl(...args: readonly string[]): Promise<Transcript> {
    const options = { timeoutMs: timeouts.podsReadyMs };
    await this.#recorder.announce(this.#cluster.typed('kubectl', this.#inNamespace(args)));
    const transcript = await this.#cluster.must('kubectl', this.#inNamespace(args), options);
    await this.#recorder.ran(transcript);
    if (args.includes('wait') || (args[0] === 'rollout' && args[1] === 'status')) {
      const seconds = /^--timeout=(\d+)s$/m.exec(args.join('\n'))?.[1];
      const deadlineMs = seconds === undefined ? timeouts.podsReadyMs : Number(seconds) * 1_000;
      const reason = `kubectl ${args.filter((word) => !word.startsWith('--timeout')).join(' ')}`;
      this.#recorder.waitedBy(reason, transcript.durationMs, deadlineMs);
    }
    return transcript;
  }

  /**
   * Watches with kubectl while something else is done, which begins when the first line has come.
   *
   * @param args of `kubectl get`, whose output has a line for each change, e.g. by `-o jsonpath`
   * @returns what it printed, line by line
   */
  async whileWatching(args: readonly string[], during: () => Promise<void>): Promise<string[]> {
    return watchWhile(this.#cluster, this.#recorder, this.#inNamespace(['get', ...args, '--watch']), during);
  }

  /** Runs a program of the learner's machine and shows it, whatever its exit code. */
  async attempt(program: string, ...args: readonly string[]): Promise<Transcript> {
    await this.#recorder.announce(this.#cluster.typed(program, args));
    const transcript = await this.#cluster.run(program, args, { timeoutMs: timeouts.podsReadyMs });
    await this.#recorder.ran(transcript);
    return transcript;
  }

  /** Runs a script of the course text with bash, in an empty folder of its own, and shows it, whatever its exit code. */
  async shell(script: string): Promise<Transcript> {
    const folder = await mkdtemp(join(stateDir, 'script-'));
    try {
      await this.#recorder.announce(script.trim());
      const ran = await this.#cluster.run('bash', ['-c', script], { cwd: folder });
      const transcript = { ...ran, command: script.trim() };
      await this.#recorder.ran(transcript);
      return transcript;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /**
   * Runs a program, kubectl unless another is named, until what it prints satisfies, and shows it.
   *
   * @param says completes the sentence "it is seen that …"
   * @param args arguments; kubectl's get the lesson's namespace unless they name one
   * @throws {ExpectationError} if it does not satisfy before the deadline
   */
  async eventually(
    says: string,
    args: readonly string[],
    holds: (output: string) => boolean,
    program: 'kubectl' | 'istioctl' = 'kubectl',
    options: EventuallyOptions = {},
  ): Promise<string> {
    const words = program === 'kubectl' ? this.#inNamespace(args) : args;
    return eventually(this.#site, says, [program, ...words], holds, options);
  }

  get #site(): Site {
    return { cluster: this.#cluster, recorder: this.#recorder, changes: this.#changes, folder: this.#folder };
  }

  /** A manifest. @throws {UsageProblem} if its name says that it is another cluster's */
  async #fixture(folder: string, file: string): Promise<Fixture> {
    if (!isFor(this.name, file))
      throw new UsageProblem(`${file} is not for the cluster ${this.name || 'of this exercise'}`, 'mend the spec');
    return readFixture(folder, file);
  }

  /** Which cluster it is, for what is recorded; nothing where there is only one. */
  get #where(): { readonly cluster?: string } {
    return this.name === '' ? {} : { cluster: this.name };
  }

  /** The same for titles. */
  get #in(): string {
    return this.name === '' ? '' : ` in ${this.name}`;
  }

  get #namespace(): string {
    return this.namespaces[0] ?? 'default';
  }

  async #untilReady({ namespaces, deploymentNamespaces, statefulSets, podNamespaces }: Fixture): Promise<void> {
    const limit = `--timeout=${timeouts.podsReadyMs / 1000}s`;
    let waitedMs = 0;
    for (const { name, namespace } of statefulSets) {
      const words = ['rollout', 'status', `statefulset/${name}`, '--namespace', namespace, limit];
      waitedMs += (await this.#cluster.must('kubectl', words)).durationMs;
    }
    // What has its namespace from an earlier file is waited for too.
    for (const namespace of new Set([...namespaces, ...podNamespaces])) {
      const wait = (...words: readonly string[]) =>
        this.#cluster.must('kubectl', ['wait', '--namespace', namespace, ...words, limit]);
      if (deploymentNamespaces.includes(namespace))
        waitedMs += (await wait('deployment', '--all', '--for=condition=Available')).durationMs;
      if (!podNamespaces.includes(namespace)) continue;
      const ready = await wait('pod', '--all', '--for=condition=Ready');
      await this.#recorder.ran(ready);
      waitedMs += ready.durationMs;
    }
    this.#recorder.waitedBy('every pod is Ready', waitedMs, timeouts.podsReadyMs);
  }

  /** Deletes what a manifest made; what it changed of a set-up that is shared is as the set-up has it. */
  async #takeBack({ yaml }: Fixture): Promise<void> {
    const setup = this.#found?.setup;
    const made = beyond(yaml, setup?.yaml ?? '');
    if (made.yaml !== '')
      await this.#cluster.must('kubectl', ['delete', '-f', '-', '--ignore-not-found'], { input: made.yaml });
    if (made.shares && setup !== undefined) await this.#cluster.must('kubectl', ['apply', '-f', setup.path]);
  }

  #inNamespace(args: readonly string[]): string[] {
    const named = args.some((word) => /^(-n|-A|--namespace|--all-namespaces)(=|$)/.test(word));
    return named ? [...args] : ['--namespace', this.#namespace, ...args];
  }
}

/** A manifest with one change, its placeholders filled in; what was changed may have been the place of one. */
function filledMutant(fixture: Fixture, { yaml }: Mutant, values: Readonly<Record<string, string>>): string {
  const left = Object.entries(values).filter(([name]) => yaml.includes(`\${${name}}`));
  return fillIn({ ...fixture, yaml }, Object.fromEntries(left)).yaml;
}
