/** Kubeconfigs of the course's own: each has one current context, under the name that the cluster has in the course. */
import { readFile, rename, writeFile } from 'node:fs/promises';

import { parse, stringify } from 'yaml';

interface Named {
  readonly name: string;
}

/** A kubeconfig, as far as it is read here. */
interface Kubeconfig {
  readonly 'current-context': string;
  readonly contexts: readonly (Named & { readonly context: { readonly cluster: string; readonly user: string } })[];
  readonly clusters: readonly Named[];
  readonly users: readonly Named[];
}

/** The current context of a kubeconfig alone, under another name, which its cluster and its user get too. */
export function named(text: string, name: string): string {
  const all = parse(text) as Kubeconfig;
  const { context } = all.contexts.find((each) => each.name === all['current-context']) ?? {};
  const only = (list: readonly Named[], wanted = '') => {
    const found = list.find((each) => each.name === wanted);
    return found === undefined ? [] : [{ ...found, name }];
  };
  return stringify({
    ...all,
    'current-context': name,
    contexts: [{ name, context: { ...context, cluster: name, user: name } }],
    clusters: only(all.clusters, context?.cluster),
    users: only(all.users, context?.user),
  });
}

/** A kubeconfig with the contexts of another besides its own; its own stays the current one. */
export function withContextsOf(text: string, other: string): string {
  const [own, more] = [text, other].map((each) => parse(each) as Kubeconfig) as [Kubeconfig, Kubeconfig];
  const both = (mine: readonly Named[], theirs: readonly Named[]) => [
    ...mine,
    ...theirs.filter(({ name }) => mine.every((each) => each.name !== name)),
  ];
  return stringify({
    ...own,
    contexts: both(own.contexts, more.contexts),
    clusters: both(own.clusters, more.clusters),
    users: both(own.users, more.users),
  });
}

/** Leaves in a file the current context alone, under this name. */
export async function nameContext(file: string, name: string): Promise<void> {
  await replace(file, named(await readFile(file, 'utf8'), name));
}

/** Gives each file the contexts of the others too, so that `--context` means the same with all of them. */
export async function joinContexts(files: readonly string[]): Promise<void> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const joined = (own: string) => texts.reduce((text, other) => withContextsOf(text, other), own);
  await Promise.all(files.map((file, index) => replace(file, joined(texts[index] ?? ''))));
}

/** Whole or not at all: whoever reads it meanwhile finds one or the other. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.draft`, text, { mode: 0o600 });
  await rename(`${file}.draft`, file);
}
