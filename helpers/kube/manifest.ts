import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import { parseAllDocuments, stringify } from 'yaml';

import { UsageProblem } from '../system/errors.ts';
import { projectRoot } from '../system/paths.ts';

/** A manifest of a fixture folder, read and checked. */
export interface Fixture {
  readonly file: string;
  /** Path from the root of the checkout, as a learner in it would type it. */
  readonly path: string;
  readonly yaml: string;
  /** Names of the namespaces it creates. */
  readonly namespaces: readonly string[];
  /** Namespaces in which it creates Deployments. */
  readonly deploymentNamespaces: readonly string[];
  /** The StatefulSets that it creates; unlike those of a Deployment, their pods come one after another. */
  readonly statefulSets: readonly { readonly name: string; readonly namespace: string }[];
  /** Namespaces in which it creates pods, by themselves or through Deployments. */
  readonly podNamespaces: readonly string[];
  /** Namespaces of its objects other than namespaces; `default` for those that name none, and those that have none. */
  readonly homes: readonly string[];
  /** Kind and name of its objects, e.g. `NetworkPolicy backend-policy`. */
  readonly objects: readonly string[];
}

/** @throws {UsageProblem} if the file is missing, is no YAML, or holds a document that is no Kubernetes object */
export async function readFixture(folder: string, file: string): Promise<Fixture> {
  const path = relative(projectRoot, join(folder, file));
  let yaml: string;
  try {
    yaml = await readFile(join(folder, file), 'utf8');
  } catch {
    throw new UsageProblem(`the manifest ${path} is missing`, 'restore it: git checkout -- fixtures');
  }
  const documents = parseAllDocuments(yaml);
  const objects = documents.flatMap((document) => {
    const error = document.errors[0];
    if (error !== undefined)
      throw new UsageProblem(`${path} is no YAML: ${error.message.split('\n')[0]}`, `mend ${path}`);
    const object = document.toJS() as { kind?: string; metadata?: { name?: string; namespace?: string } } | null;
    if (object === null) return [];
    if (object.kind === undefined || object.metadata?.name === undefined) {
      throw new UsageProblem(`${path} holds a document without kind or metadata.name`, `mend ${path}`);
    }
    return [{ kind: object.kind, name: object.metadata.name, namespace: object.metadata.namespace ?? 'default' }];
  });
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace').map(({ name }) => name);
  const homesOf = (...kinds: string[]) => [
    ...new Set(objects.filter(({ kind }) => kinds.includes(kind)).map(({ namespace }) => namespace)),
  ];
  return {
    file,
    path,
    deploymentNamespaces: homesOf('Deployment'),
    statefulSets: objects
      .filter(({ kind }) => kind === 'StatefulSet')
      .map(({ name, namespace }) => ({ name, namespace })),
    podNamespaces: homesOf('Deployment', 'Pod', 'StatefulSet', 'DaemonSet'),
    yaml,
    namespaces,
    homes: [...new Set(objects.filter(({ kind }) => kind !== 'Namespace').map(({ namespace }) => namespace))],
    objects: objects.map(({ kind, name }) => `${kind} ${name}`),
  };
}

/**
 * Folder of a claim's set-up: its own fixture folder, or that of the exercise where the claim shares one with others.
 *
 * @param folder fixture folder of the claim
 */
export function folderOfSetup(folder: string, file = '10-setup.yaml'): string {
  const ofExercise = dirname(folder);
  return !existsSync(join(folder, file)) && existsSync(join(ofExercise, file)) ? ofExercise : folder;
}

/**
 * True if a cluster may get a manifest: one whose name ends in `.west.yaml`, `.east.yaml`, `.edge.yaml` or `.both.yaml` is
 * for a cluster of that name, or for each of several; others are for whoever wants them.
 *
 * @param cluster its name; empty where there is only one
 */
export function isFor(cluster: string, file: string): boolean {
  const [, suffix = cluster] = /\.(west|east|edge|both)\.yaml$/.exec(file) ?? [];
  return suffix === cluster || (suffix === 'both' && cluster !== '');
}

/** Paths of every YAML file that a claim works with: those of its folder, and the set-up that it shares. */
export async function manifestsOf(folder: string): Promise<string[]> {
  const own = (await Array.fromAsync(glob('*.yaml', { cwd: folder }))).map((file) => join(folder, file));
  const setup = join(folderOfSetup(folder), '10-setup.yaml');
  return own.includes(setup) || !existsSync(setup) ? own : [setup, ...own];
}

/**
 * What of a manifest is not in another too: all that has to be deleted where the other is to stay.
 *
 * @returns YAML of the objects that only the first has, which is empty where there are none, and whether they share any
 */
export function beyond(yaml: string, other: string): { readonly yaml: string; readonly shares: boolean } {
  const named = (text: string) =>
    parseAllDocuments(text).flatMap((document) => {
      const object = document.toJS() as {
        apiVersion?: string;
        kind?: string;
        metadata?: { name?: string; namespace?: string };
      } | null;
      // A document of comments alone.
      if (object === null) return [];
      const { apiVersion = '', kind, metadata: { namespace, name } = {} } = object;
      // The group tells Istio's Gateway from that of the Gateway API.
      return [{ id: `${apiVersion.split('/')[0]} ${kind} ${namespace} ${name}`, text: stringify(object) }];
    });
  const known = new Set(named(other).map(({ id }) => id));
  const objects = named(yaml);
  const own = objects.filter(({ id }) => !known.has(id));
  return { yaml: own.map(({ text }) => text).join('---\n'), shares: own.length < objects.length };
}

/** True if the folder holds a lesson manifest, which are numbered 20 and up, and not a set-up alone. */
export async function hasLessonManifest(folder: string): Promise<boolean> {
  return (await Array.fromAsync(glob('[2-9]*.yaml', { cwd: folder }))).length > 0;
}

/**
 * A manifest whose placeholders, e.g. `${FRONTEND_IP}`, got the values that only a run knows.
 *
 * @param values what stands for each placeholder: letters, digits and `._:/+=-`
 * @param apply how a shell applies what it reads
 * @returns the manifest as it is applied, and the shell command that applies it so; no command where nothing is filled in
 * @throws {UsageProblem} if placeholders and values do not match one another
 */
export function fillIn(
  { path, yaml }: Pick<Fixture, 'path' | 'yaml'>,
  values: Readonly<Record<string, string>>,
  apply = 'kubectl apply -f -',
): { readonly yaml: string; readonly script: string | undefined } {
  const wanted = new Set(Array.from(yaml.matchAll(/\$\{(\w+)\}/g), ([, name = '']) => name));
  const given = Object.entries(values).filter(([, value]) => /^[\w.:/+=-]+$/.test(value));
  if (wanted.symmetricDifference(new Set(given.map(([name]) => name))).size > 0) {
    const names = [...wanted].join(', ') || 'none';
    throw new UsageProblem(`${path} has the placeholders ${names}, given: ${JSON.stringify(values)}`, `mend ${path}`);
  }
  const sed = given.map(([name, value]) => `-e 's|\${${name}}|${value}|g'`).join(' ');
  return {
    yaml: given.reduce((text, [name, value]) => text.replaceAll(`\${${name}}`, value), yaml),
    script: given.length === 0 ? undefined : `sed ${sed} ${path} | ${apply}`,
  };
}
