/** Secrets of a lesson: what is in them comes by standard input, and is shown nowhere. */
import type { Site } from './site.ts';

/** A Secret, with what it holds in clear. */
export interface SecretToGive {
  readonly name: string;
  readonly namespace: string;
  readonly type: 'Opaque' | 'kubernetes.io/tls';
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Makes a Secret, or puts another in its place, by a command that notes nothing of its values in the Secret itself, as
 * `kubectl apply` would: who applies a part of it later keeps the rest.
 *
 * @throws {Error} without a word of what kubectl said, which may hold a key
 */
export async function giveSecret(
  { cluster, recorder }: Pick<Site, 'cluster' | 'recorder'>,
  { name, namespace, type, data }: SecretToGive,
  how: 'create' | 'replace',
): Promise<void> {
  const words = [how, '-f', '-'];
  await recorder.announce(cluster.typed('kubectl', words));
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)]));
  const manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type, data: encoded };
  const given = await cluster.run('kubectl', words, { input: JSON.stringify(manifest) });
  if (given.exitCode !== 0) throw new Error(`Secret ${name} was not given: kubectl exited with ${given.exitCode}`);
  await recorder.ran(given);
}
