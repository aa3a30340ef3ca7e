/** ztunnel, which is in no package registry: where images are assembled, the user brings the program. */
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';

import { UsageProblem } from '../system/errors.ts';
import { run } from '../system/program.ts';
import { choices } from './choices.ts';

/** A ztunnel that runs on this machine. */
export interface Ztunnel {
  readonly file: string;
  readonly version: string;
}

/**
 * The user's ztunnel.
 *
 * @throws {UsageProblem} if none was named, or what was named does not run
 */
export async function chosenZtunnel(): Promise<Ztunnel> {
  const { ZTUNNEL } = choices();
  if (ZTUNNEL === undefined)
    throw new UsageProblem('ztunnel is in no package registry, and none was named', 'use ZTUNNEL=/path/to/ztunnel');
  const found = await ztunnelAt(resolve(ZTUNNEL));
  if (found === undefined)
    throw new UsageProblem('ZTUNNEL names no ztunnel that runs here', 'use ZTUNNEL=/path/to/ztunnel');
  return found;
}

/** The ztunnel that a file is, or undefined if it is none that runs here. */
export async function ztunnelAt(file: string): Promise<Ztunnel | undefined> {
  const runs = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!runs) return undefined;
  // It knows no option --version.
  const { exitCode, stdout } = await run(file, ['version']);
  const version = exitCode === 0 ? versionIn(stdout) : undefined;
  return version === undefined ? undefined : { file, version };
}

/** What `ztunnel version` tells of itself; undefined if that is not what it printed. Whoever builds it may leave all unknown. */
export function versionIn(printed: string): string | undefined {
  if (!printed.includes('BuildInfo{')) return undefined;
  const field = (name: string) => new RegExp(`\\b${name}:"([^"]*)"`).exec(printed)?.[1];
  const known = [field('IstioVersion'), field('Version'), field('GitRevision')].find(
    (value) => value !== undefined && value !== '' && value !== 'unknown',
  );
  return known ?? "the user's build, which names no version";
}
