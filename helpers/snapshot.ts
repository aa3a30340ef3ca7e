import { must } from './program.ts';
import { timeouts } from './timeouts.ts';

/** Kinds a lesson may create or change outside its own namespaces. */
const kinds = [
  'networkpolicies',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'peerauthentications',
  'authorizationpolicies',
  'requestauthentications',
  'virtualservices',
  'destinationrules',
  'serviceentries',
  'envoyfilters',
  'telemetries',
  'sidecars',
  'gateways.networking.istio.io',
  'services',
  'deployments',
  'serviceaccounts',
] as const;

/** Namespaces of exercises carry this label; they come and go while others run, so a snapshot looks past them. */
export const exerciseLabel = 'mesh-mastery.dev/exercise';

/** What a cluster holds outside the exercises' namespaces. */
export interface Snapshot {
  /** Every other namespace, with its labels. */
  readonly namespaces: ReadonlyMap<string, string>;
  /** Every object of the kinds above in them, as `kind namespace name`. */
  readonly objects: ReadonlySet<string>;
}

let served: Promise<string[]> | undefined;

/** Those of the kinds above that the API server knows: without Istio it knows none of Istio's. Asked once. */
async function servedKinds(): Promise<string[]> {
  served ??= (async () => {
    const { stdout } = await must('kubectl', ['api-resources', '-o', 'name']);
    const names = stdout.split('\n');
    return kinds.filter((kind) => names.some((name) => name === kind || name.startsWith(`${kind}.`)));
  })();
  return served;
}

/** Reads what the cluster holds now. */
export async function snapshot(): Promise<Snapshot> {
  // Before and after: an exercise beside this one may come or go while the objects are listed.
  const earlier = await listNamespaces();
  const listed = (await servedKinds()).join(',');
  const columns = 'custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name';
  const list = ['get', listed, '--all-namespaces', '--ignore-not-found', '--no-headers', '-o', columns];
  const { stdout } = await must('kubectl', list);
  const later = await listNamespaces();
  const exercises = earlier.exercises.union(later.exercises);
  const objects = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '))
    .filter((object) => !exercises.has(namespaceOf(object)));
  return { namespaces: later.others, objects: new Set(objects) };
}

/**
 * What came and what went between two snapshots. Namespaces that came or went whole are somebody else's: those of the
 * course carry its label, and a snapshot looks past them.
 */
export function difference(before: Snapshot, after: Snapshot): { left: string[]; lost: string[] } {
  const stayed = (object: string) =>
    namespaceOf(object) === '<none>' ||
    (before.namespaces.has(namespaceOf(object)) && after.namespaces.has(namespaceOf(object)));
  const relabelled = [...after.namespaces].filter(
    ([name, labels]) => before.namespaces.has(name) && before.namespaces.get(name) !== labels,
  );
  return {
    left: [
      ...[...after.objects].filter((object) => stayed(object) && !before.objects.has(object)),
      ...relabelled.map(([name, labels]) => `labels of namespace ${name}: ${labels}`),
    ],
    lost: [...before.objects].filter((object) => stayed(object) && !after.objects.has(object)),
  };
}

/** Objects without a namespace have `<none>` there. */
function namespaceOf(object: string): string {
  return object.split(' ')[1] ?? '';
}

async function listNamespaces(): Promise<{ exercises: Set<string>; others: Map<string, string> }> {
  const { stdout } = await must('kubectl', ['get', 'namespaces', '--no-headers', '--show-labels']);
  const exercises = new Set<string>();
  const others = new Map<string, string>();
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [name = '', , , labels = ''] = line.split(/\s+/);
    if (labels.includes(exerciseLabel)) exercises.add(name);
    else others.set(name, labels);
  }
  return { exercises, others };
}

/** Deletes namespaces and waits until they are gone with everything in them. Those that do not exist are no error. */
export async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  if (namespaces.length === 0) return;
  const limit = `--timeout=${timeouts.namespaceGoneMs / 1000}s`;
  await must('kubectl', ['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait', limit]);
}
