import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse, parseAllDocuments } from 'yaml';

import { fixturesDir } from '../../system/paths.ts';
import { ProgramFailed, run } from '../../system/program.ts';
import { timeouts } from '../../system/timeouts.ts';
import type { KnownValues } from './secret-scan.ts';

/** A Secret, as far as it is read here. */
interface SecretObject {
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

/** Keys that say what a Secret is for; a bootstrap token has most of them. */
const notSecret = /^(namespace|description|expiration|auth-extra-groups|usage-.*)$/;

/** What was told so far: a cluster may be gone when the report of its exercises is written. */
const told = new Map<string, string>();

/**
 * The values that a report must not hold: every Secret of the clusters whose contexts are in the file that KUBECONFIG
 * names, the keys in that file, and what earlier calls of this process have seen. What the manifests of the course
 * themselves say is published. Without a kubeconfig, nothing is known.
 *
 * @throws {ProgramFailed} if a cluster does not tell its Secrets: a scan for none of them would always be green
 */
export async function knownSecrets(): Promise<KnownValues> {
  const kubeconfig = process.env['KUBECONFIG'];
  if (kubeconfig === undefined) return { secret: new Map(), published: await publishedValues() };
  const file = await readFile(kubeconfig, 'utf8').catch(() => '');
  const { contexts = [] } = (parse(file) ?? {}) as { contexts?: readonly { readonly name: string }[] };
  // A file without any is kubectl's to refuse.
  const each = contexts.length === 0 ? [[]] : contexts.map(({ name }) => ['--context', name]);
  for (const [name, value] of (await Promise.all(each.map(secretsOf))).flat()) told.set(name, value);
  for (const [index, [, key = '']] of [...file.matchAll(/client-key-data:\s*(\S+)/g)].entries())
    told.set(`the kubeconfig: key ${index + 1}`, key);
  return { secret: new Map(told), published: await publishedValues() };
}

/** Values of the Secrets of a cluster, with its context in their names: those of two clusters may have one name. */
async function secretsOf(context: readonly string[]): Promise<(readonly [string, string])[]> {
  const list = [...context, 'get', 'secrets', '--all-namespaces', '-o', 'json'];
  const listed = await run('kubectl', list, { timeoutMs: timeouts.commandMs });
  // What was printed before it failed may hold values.
  if (listed.exitCode !== 0) throw new ProgramFailed({ ...listed, stdout: '' });
  const { items = [] } = JSON.parse(listed.stdout) as { items?: SecretObject[] };
  return items.flatMap(valuesOf).map(([name, value]) => [[...context.slice(1), name].join(': '), value]);
}

/** Values of a Secret, decoded, by its name; certificates are no secret. */
export function valuesOf({ metadata = {}, data = {}, stringData = {} }: SecretObject): (readonly [string, string])[] {
  const decoded = Object.entries(data).map(([name, value]) => [name, Buffer.from(value, 'base64').toString()] as const);
  return [...decoded, ...Object.entries(stringData)]
    .filter(([, value]) => !value.startsWith('-----BEGIN CERTIFICATE'))
    .filter(([name]) => !notSecret.test(name))
    .map(
      ([name, value]) => [`Secret ${metadata.namespace ?? ''}/${metadata.name ?? ''}: ${name}`, value.trim()] as const,
    );
}

/** Values of the Secrets in the manifests of the course. */
async function publishedValues(): Promise<string[]> {
  const values: string[] = [];
  for await (const path of glob('**/*.yaml', { cwd: fixturesDir })) {
    const text = await readFile(join(fixturesDir, path), 'utf8');
    if (!/^kind: Secret$/m.test(text)) continue;
    for (const document of parseAllDocuments(text)) {
      const object = document.toJS() as SecretObject | null;
      if (object?.kind === 'Secret') values.push(...valuesOf(object).map(([, value]) => value));
    }
  }
  return values;
}
