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

/** Every object of those kinds outside the exercises' namespaces, and the labels of the other namespaces. */
export async function snapshot(): Promise<ReadonlySet<string>> {
  // Before and after: an exercise beside this one may come or go while the objects are listed.
  const earlier = await namespacesWithLabels();
  const { stdout } = await must('kubectl', [
    'get',
    kinds.join(','),
    '--all-namespaces',
    '--ignore-not-found',
    '--no-headers',
    '-o',
    'custom-columns=K:.kind,NS:.metadata.namespace,N:.metadata.name',
  ]);
  const objects = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().replaceAll(/\s+/g, ' '));
  const later = await namespacesWithLabels();
  const exercises = earlier.exercises.union(later.exercises);
  const foreign = objects.filter((object) => !exercises.has(object.split(' ')[1] ?? ''));
  return new Set([...foreign, ...later.others]);
}

async function namespacesWithLabels(): Promise<{ exercises: Set<string>; others: string[] }> {
  const { stdout } = await must('kubectl', ['get', 'namespaces', '--no-headers', '--show-labels']);
  const exercises = new Set<string>();
  const others: string[] = [];
  for (const line of stdout.split('\n').filter((text) => text !== '')) {
    const [name = '', , , labels = ''] = line.split(/\s+/);
    if (labels.includes(exerciseLabel)) exercises.add(name);
    else others.push(`Namespace ${name} ${labels}`);
  }
  return { exercises, others };
}

/** Deletes namespaces and waits until they are gone with everything in them. Those that do not exist are no error. */
export async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  if (namespaces.length === 0) return;
  const limit = `--timeout=${timeouts.namespaceGoneMs / 1000}s`;
  await must('kubectl', ['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait', limit]);
}
