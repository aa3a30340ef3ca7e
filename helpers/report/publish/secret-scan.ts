import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { lintSource } from '@secretlint/core';
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';

import { secretForms } from '../../record/redact.ts';

/** A secret that was found: of what kind and where. What it says is not repeated. */
export interface SecretFound {
  readonly kind: string;
  /** File, and inside a report the page or attachment. */
  readonly where: string;
}

/** Values that are known rather than recognised. */
export interface KnownValues {
  /** What must not be found, by what it is: e.g. `Secret istio-system/istio-ca-secret: ca-key.pem`. */
  readonly secret: ReadonlyMap<string, string>;
  /** What anybody may read, e.g. the password in a manifest of the course; it makes nothing a secret. */
  readonly published: readonly string[];
}

const nothingKnown: KnownValues = { secret: new Map(), published: [] };
/** Shorter values occur in any text. */
const leastLength = 8;
/** How packed data begin. */
const gzipMagic = Buffer.from([0x1f, 0x8b]);
/** A page is packed and base64 in the report, an attachment is base64 in a page. */
const layers = 2;

/** Scans every file of a folder, at any depth. */
export async function scanFolder(folder: string, known = nothingKnown): Promise<SecretFound[]> {
  const found: SecretFound[] = [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    // Latin-1 keeps every byte of a file that is no text.
    found.push(...(await scanText(await readFile(path, 'latin1'), path.slice(folder.length + 1), known)));
  }
  return found;
}

/**
 * Names the secrets in a text: those of secretlint's rules, those of {@link secretForms}, which Kubernetes has and
 * secretlint does not know, and those known by value. Base64 is looked into as well.
 */
export async function scanText(
  text: string,
  where: string,
  known = nothingKnown,
  depth = layers,
): Promise<SecretFound[]> {
  const found = [...(await byRules(text, known)), ...byForm(text), ...byValue(text, known)];
  const inside: SecretFound[][] = [];
  if (depth > 0) {
    for (const { 0: block, index } of text.matchAll(/[A-Za-z0-9+/]{80,}={0,2}/g)) {
      const name = /\("([^"]{1,200})",\s*"(?:gzip:)?$/.exec(text.slice(Math.max(0, index - 210), index))?.[1];
      const decoded = unpacked(Buffer.from(block, 'base64')).toString('latin1');
      inside.push(await scanText(decoded, name === undefined ? where : `${where}, ${name}`, known, depth - 1));
    }
  }
  const all = [...[...new Set(found)].map((kind) => ({ kind, where })), ...inside.flat()];
  return [...new Map(all.map((each) => [`${each.kind}\0${each.where}`, each])).values()];
}

function unpacked(data: Buffer): Buffer {
  if (!data.subarray(0, gzipMagic.length).equals(gzipMagic)) return data;
  try {
    return gunzipSync(data);
  } catch {
    return data;
  }
}

async function byRules(text: string, { published }: KnownValues): Promise<string[]> {
  const { messages } = await lintSource({
    source: { filePath: 'report.txt', content: text, contentType: 'text' },
    options: { config: { rules: [{ id: preset.meta.id, rule: preset }] }, maskSecrets: true },
  });
  return messages
    .filter(({ range }) => !published.some((value) => text.slice(...range).includes(value)))
    .map(({ messageId, ruleId }) => `${messageId} (${ruleId.replace(/^.*secretlint-rule-/, 'secretlint ')})`);
}

function byForm(text: string): string[] {
  return secretForms.filter(({ pattern }) => text.search(pattern) !== -1).map(({ what }) => what);
}

function byValue(text: string, { secret, published }: KnownValues): string[] {
  return [...secret]
    .filter(([, value]) => value.length >= leastLength && !published.includes(value))
    .filter(([, value]) => text.includes(value) || text.includes(Buffer.from(value).toString('base64')))
    .map(([name]) => `the value of ${name}`);
}
