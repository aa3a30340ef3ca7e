/**
 * The record of one refused call, in a folder: the manifests that led to it, the command that made it, and what was seen.
 * Whoever has the folder can make the call again. Its hashes tell what was damaged or changed by mistake; nobody signs them.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { UsageProblem } from '../system/errors.ts';

/** A call as it was made, and what came of it. */
export interface RecordedCall {
  /** kubectl's arguments. */
  readonly argv: readonly string[];
  readonly status: number;
  /** Of the answer, without white space at its ends; the verdict counts it only where the call was refused. */
  readonly body: string;
}

/** What the proxy of the called workload wrote about it. */
export interface RecordedLine {
  /** Identity in the caller's certificate. */
  readonly caller: string;
  /** Why it was refused. */
  readonly details: string;
  /** Mark of the call, by which the line is found. */
  readonly marker: string;
}

/** All that was seen. */
export interface ProofRecord {
  readonly madeAt: string;
  /** Namespace of all of it; a repetition has one of its own. */
  readonly namespace: string;
  /** Workload that was called, as kubectl names it. */
  readonly called: string;
  /** Objects of the namespace that came from the manifests, each with its resourceVersion at that time. */
  readonly objects: readonly string[];
  /** Versions of what took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Digest of the rules of access that the called proxy had. */
  readonly rules: string;
  readonly refused: RecordedCall;
  /** A call that was answered at the same time: nothing else was broken. */
  readonly answered: RecordedCall;
  readonly line: RecordedLine;
  /** How many calls more the proxy had refused after the call than before it, by its own counter. */
  readonly counted: number;
}

/** A manifest of the bundle. */
export interface BundledManifest {
  readonly file: string;
  readonly yaml: string;
}

/** A bundle that was read, and found as it was written. */
export interface ProofBundle extends ProofRecord {
  readonly manifests: readonly BundledManifest[];
}

/** What is in the file beside the manifests. */
interface SealedRecord {
  readonly record: ProofRecord;
  /** SHA-256 of each manifest, by the name of its file. */
  readonly manifests: Readonly<Record<string, string>>;
  /** SHA-256 over both of these. */
  readonly seal: string;
}

const recordFile = 'proof.json';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sealOf = ({ record, manifests }: Pick<SealedRecord, 'record' | 'manifests'>) =>
  sha256(JSON.stringify([record, manifests]));

/** Writes a bundle; what was in the folder before goes. */
export async function writeProofBundle(folder: string, { manifests, ...record }: ProofBundle): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { file, yaml } of manifests) await writeFile(join(folder, file), yaml);
  const hashes = Object.fromEntries(manifests.map(({ file, yaml }) => [file, sha256(yaml)]));
  const sealed = { record, manifests: hashes, seal: sealOf({ record, manifests: hashes }) } satisfies SealedRecord;
  await writeFile(join(folder, recordFile), `${JSON.stringify(sealed, undefined, 2)}\n`);
}

/**
 * Reads a bundle.
 *
 * @throws {UsageProblem} if it is none, or if a file of it is not as it was written
 */
export async function readProofBundle(folder: string): Promise<ProofBundle> {
  const next = 'take the bundle as it was written; make course ONLY=m8.e8 writes one into reports/proofs';
  const read = async (file: string) => {
    try {
      return await readFile(join(folder, file), 'utf8');
    } catch {
      throw new UsageProblem(`${folder} is no whole bundle: ${file} is missing`, next);
    }
  };
  const text = await read(recordFile);
  const isNot = (file: string) => new UsageProblem(`${file} of ${folder} is not as it was written`, next);
  let sealed: SealedRecord;
  try {
    sealed = JSON.parse(text) as SealedRecord;
    if (sealed.seal !== sealOf(sealed)) throw isNot(recordFile);
  } catch {
    throw isNot(recordFile);
  }
  const manifests: BundledManifest[] = [];
  for (const [file, hash] of Object.entries(sealed.manifests)) {
    const yaml = await read(file);
    if (sha256(yaml) !== hash) throw isNot(file);
    manifests.push({ file, yaml });
  }
  return { ...sealed.record, manifests };
}

/** A bundle whose namespace has another name, wherever it stands: in manifests, commands and what was seen. */
export function movedTo(namespace: string, bundle: ProofBundle): ProofBundle {
  return JSON.parse(JSON.stringify(bundle).replaceAll(bundle.namespace, namespace)) as ProofBundle;
}

/** What came of a repetition, to be compared with the record. */
export type Repetition = Pick<ProofRecord, 'rules' | 'refused' | 'answered'> & {
  readonly line: RecordedLine | undefined;
};

/** One thing that is compared: as it was recorded, and as it was seen again. */
export interface Comparison {
  readonly what: string;
  readonly recorded: string;
  readonly seen: string;
  readonly same: boolean;
}

/** Compares, in this order: verdict, the proxy's reason and the caller, the rules, and the call that is answered. */
export function compareWithRecord(bundle: ProofBundle, seen: Repetition): Comparison[] {
  const compare = (what: string, recorded: string, now: string): Comparison => ({
    what,
    recorded,
    seen: now,
    same: recorded === now,
  });
  return [
    compare('the refused call', verdictOf(bundle.refused), verdictOf(seen.refused)),
    compare("the proxy's reason", bundle.line.details, seen.line?.details ?? 'no line'),
    compare('the caller', bundle.line.caller, seen.line?.caller ?? 'no line'),
    compare('digest of the rules', bundle.rules, seen.rules),
    compare('the answered call', verdictOf(bundle.answered), verdictOf(seen.answered)),
  ];
}

/** E.g. `HTTP 403 RBAC: access denied`; of an answer, the status alone. */
export function verdictOf({ status, body }: RecordedCall): string {
  if (status === 0) return 'no answer';
  return status < 400 ? `HTTP ${status}` : `HTTP ${status} ${body}`;
}
