/** What Istio's own analysis says of the objects that were read, from files: it asks no cluster. */
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { goRecipe, builtFolder } from '../lab/assemble/go-programs.ts';
import { stateDir } from '../system/paths.ts';
import { run } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { kinds, type KindName, type ReadKind } from './kinds.ts';
import type { Collected } from './objects.ts';

/** One message of the analysis: its code, and the object that it is about. */
export interface Message {
  readonly code: string;
  readonly level: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Kinds that the analysis is given: those that are kept whole enough for it. */
const analysed: readonly KindName[] = [
  'namespaces',
  'services',
  'pods',
  'virtualServices',
  'destinationRules',
  'serviceEntries',
  'istioGateways',
];

/** The objects as manifests, one document each. */
export function manifestsOf(seen: Collected): string {
  const documents = analysed.flatMap((key) => {
    const { group, versions, kind }: ReadKind = kinds[key];
    const apiVersion = group === '' ? 'v1' : `${group}/${versions[0]}`;
    return seen[key].items.map((item) => JSON.stringify(Object.assign({ apiVersion, kind }, item)));
  });
  return documents.join('\n---\n');
}

/**
 * Runs the analysis.
 *
 * @returns its messages, or why there are none
 */
export async function analyse(seen: Collected): Promise<Message[] | string> {
  await mkdir(stateDir, { recursive: true });
  // Readable for this user alone, and gone when it is over.
  const folder = await mkdtemp(join(stateDir, 'report-objects-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also when the command is interrupted.
  process.once('exit', remove);
  try {
    const file = join(folder, 'objects.yaml');
    await writeFile(file, manifestsOf(seen), { mode: 0o600 });
    const built = await builtFolder(goRecipe('istio'));
    const path = existsSync(built) ? [built, process.env['PATH']].join(delimiter) : (process.env['PATH'] ?? '');
    const { stdout, exitCode } = await run(
      'istioctl',
      ['analyze', '--use-kube=false', '--all-namespaces', '--output', 'json', file],
      // Even what it may not want to ask, it cannot find.
      { env: { PATH: path, KUBECONFIG: '/dev/null', HOME: folder }, timeoutMs: timeouts.commandMs },
    );
    if (exitCode === 127) return 'no istioctl is built or installed here';
    return readMessages(stdout) ?? 'istioctl could not read the objects';
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** Reads `istioctl analyze --output json`; undefined if it is something else. */
export function readMessages(stdout: string): Message[] | undefined {
  try {
    const listed = JSON.parse(stdout) as { code: string; level: string; origin?: string }[] | null;
    return (listed ?? []).map(({ code, level, origin = '' }) => {
      const [, kind = '', namespace = '', name = ''] = /^(\S+) (?:([^/\s]+)\/)?(\S+)/.exec(origin) ?? [];
      return { code, level, kind, namespace, name };
    });
  } catch {
    return undefined;
  }
}
