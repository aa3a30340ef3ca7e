/** The kinds of Argo Rollouts. Its controller comes with the exercise that uses it, for the namespace of that alone. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse } from 'yaml';

import { versions } from '../../kind/catalogue.ts';
import { must } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { cachedFolder } from './assemble/cached-folder.ts';
import { contentHash } from './assemble/content-hash.ts';
import { moduleFile } from './assemble/go-programs.ts';

/** Those that the controller reads where it is for one namespace. */
const kinds = ['rollout', 'analysis-run', 'analysis-template', 'experiment'];

/** Defines the kinds, and waits until the API server serves them; those that are there stay. */
export async function installRollouts(): Promise<void> {
  const file = join(await cachedDefinitions(), 'definitions.json');
  await must('kubectl', ['apply', '--server-side', '-f', file]);
  const limit = `--timeout=${timeouts.settleMs / 1000}s`;
  await must('kubectl', ['wait', '-f', file, '--for=condition=Established', limit]);
}

/** Folder of a file with the definitions; reading two megabytes of YAML takes seconds, so it is done once. */
async function cachedDefinitions(): Promise<string> {
  const name = `rollouts-${versions.argoRollouts}-${await contentHash([], kinds)}`;
  return cachedFolder(name, async (folder) => {
    const module = await moduleFile('argo-rollouts', 'github.com/argoproj/argo-rollouts', 'manifests/crds');
    const texts = await Promise.all(kinds.map((kind) => readFile(join(module, `${kind}-crd.yaml`), 'utf8')));
    const items = texts.map((text) => withoutDescriptions(parse(text)));
    await writeFile(join(folder, 'definitions.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  });
}

/**
 * A definition without the texts that explain its fields, which are three quarters of it: the API server keeps them in
 * memory, and no lesson asks it for them. A field that is itself called `description` stays.
 */
export function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== 'description' || typeof inner !== 'string');
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}
