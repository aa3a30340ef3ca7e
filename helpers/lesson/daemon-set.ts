/** A DaemonSet that every exercise sees, changed for a while by a manifest that holds only what is to be otherwise. */
import { type Fixture, readFixture } from '../kube/manifest.ts';
import { UsageProblem } from '../system/errors.ts';
import { timeouts } from '../system/timeouts.ts';
import type { Site } from './site.ts';

interface Found {
  readonly spec: unknown;
  readonly status: { readonly numberReady: number };
}

const deadline = `--timeout=${timeouts.podsReadyMs / 1000}s`;
const limit = { timeoutMs: timeouts.podsReadyMs };

/**
 * Changes it, as the lesson's change. When the exercise ends its specification is what it was, and as many of its pods are
 * ready.
 */
export async function changeDaemonSet(site: Site, file: string, namespaces: readonly string[]): Promise<void> {
  const { cluster, changes, folder } = site;
  const fixture = await readFixture(folder, file);
  const named = wordsFor(fixture);
  const { stdout } = await cluster.must('kubectl', ['get', ...named, '-o', 'json']);
  const { spec, status } = JSON.parse(stdout) as Found;
  // `kubectl apply` would take the rest away, which an earlier apply has brought.
  const words = ['patch', ...named, '--patch-file', fixture.path];
  await changes.make(
    {
      title: `Change ${fixture.objects.join()}`,
      typed: cluster.typed('kubectl', words),
      manifest: { file, yaml: fixture.yaml },
      make: () => cluster.must('kubectl', words),
      undo: async () => {
        const asItWas = JSON.stringify([{ op: 'replace', path: '/spec', value: spec }]);
        await cluster.must('kubectl', ['patch', ...named, '--type', 'json', '--patch', asItWas]);
        await cluster.must('kubectl', ['rollout', 'status', ...named, deadline], limit);
        const numberReady = ['get', ...named, '-o', 'jsonpath={.status.numberReady}'];
        const ready = Number((await cluster.must('kubectl', numberReady)).stdout);
        if (ready !== status.numberReady)
          throw new Error(`${fixture.objects.join()} was ready on ${status.numberReady} nodes, and now is on ${ready}`);
      },
    },
    namespaces,
  );
}

/** Takes the change back as a person would, and waits until its pods are ready on every node again. */
export async function rollBackDaemonSet(site: Site, file: string): Promise<void> {
  const { cluster, changes, recorder, folder } = site;
  const fixture = await readFixture(folder, file);
  const named = wordsFor(fixture);
  const undo = ['rollout', 'undo', ...named];
  await changes.revert(`Roll back ${fixture.objects.join()}`, cluster.typed('kubectl', undo), () =>
    cluster.must('kubectl', undo),
  );
  recorder.tookAway({ file });
  const status = ['rollout', 'status', ...named, deadline];
  await recorder.announce(cluster.typed('kubectl', status));
  const transcript = await cluster.must('kubectl', status, limit);
  await recorder.ran(transcript);
  recorder.waitedBy(`${fixture.objects.join()} is ready on every node`, transcript.durationMs, timeouts.podsReadyMs);
}

/** @throws {UsageProblem} if the manifest is about anything else than one DaemonSet */
function wordsFor({ objects, homes, path }: Fixture): string[] {
  const [kind, name = ''] = objects[0]?.split(' ') ?? [];
  if (objects.length !== 1 || kind !== 'DaemonSet')
    throw new UsageProblem(`${path} is to change one DaemonSet, and holds ${objects.join(', ')}`, `mend ${path}`);
  return ['daemonset', name, '--namespace', homes[0] ?? 'default'];
}
