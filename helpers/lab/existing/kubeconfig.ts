import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import { parse } from 'yaml';

import { EnvironmentProblem, UsageProblem } from '../../system/errors.ts';
import { must } from '../../system/program.ts';

/** The user's own kubeconfig files, as kubectl finds them. */
export function userKubeconfigs(environment: Readonly<Record<string, string | undefined>>): string[] {
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const files = named.length > 0 ? named : [join(environment['HOME'] ?? homedir(), '.kube', 'config')];
  return files.filter((file) => existsSync(file));
}

/** Names of the contexts in kubeconfig files, each once. @throws {EnvironmentProblem} if one of these is none */
export async function contextsOf(files: readonly string[]): Promise<string[]> {
  return [...new Set((await Promise.all(files.map(contextsIn))).flat())].toSorted();
}

async function contextsIn(file: string): Promise<string[]> {
  try {
    return ((parse(await readFile(file, 'utf8')) as Kubeconfig | null)?.contexts ?? []).map(({ name }) => name);
  } catch (error) {
    throw noKubeconfig(file, (error as Error).message.split('\n')[0] ?? '');
  }
}

/** A file that KUBECONFIG names and that cannot be read as one. */
export function noKubeconfig(file: string, reason: string): EnvironmentProblem {
  return new EnvironmentProblem(
    `${file} is no kubeconfig that can be read: ${reason}`,
    'correct it, or set KUBECONFIG to another',
  );
}

/**
 * The context to work on.
 *
 * @param who needs it, as it is typed
 * @param variable that names it
 * @throws {UsageProblem} that lists the contexts there are, unless one of them was named
 * @throws {EnvironmentProblem} if there is no kubeconfig
 */
export function chooseContext(
  wanted: string | undefined,
  contexts: readonly string[],
  who = 'CLUSTER=existing',
  variable = 'CONTEXT',
): string {
  if (contexts.length === 0) {
    throw new EnvironmentProblem(
      `${who} needs a context, but no kubeconfig holds one`,
      'set KUBECONFIG to a file that does',
    );
  }
  if (wanted !== undefined && contexts.includes(wanted)) return wanted;
  const there = contexts.map((context) => `${variable}=${context}`).join(' or ');
  const what = wanted === undefined || wanted === '' ? `${who} needs a context` : `there is no context ${wanted}`;
  throw new UsageProblem(`${what}; the current one is never assumed`, `use ${there}`);
}

/** Writes a kubeconfig that holds one context only, with its certificates inside, readable for this user alone. */
export async function writeOwnKubeconfig(files: readonly string[], context: string, target: string): Promise<void> {
  const view = ['config', 'view', '--raw', '--minify', '--flatten', `--context=${context}`];
  const { stdout } = await must('kubectl', view, { env: { KUBECONFIG: files.join(delimiter) } });
  await writeFile(target, stdout, { mode: 0o600 });
}

interface Kubeconfig {
  readonly contexts?: readonly { readonly name: string }[];
}
