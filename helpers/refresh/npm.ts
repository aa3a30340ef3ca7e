import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { projectRoot } from '../system/paths.ts';
import { must, run } from '../system/program.ts';
import { type Answer, compareVersions, newest, type Offer, reachOf, reasonOf } from './offer.ts';

/** A package as `npm outdated --json` tells it; one that no machine of this kind installs has no current version. */
interface Outdated {
  readonly current?: string;
  readonly wanted: string;
  readonly latest: string;
  /** Who asks for it: a package, or the folder of the project. */
  readonly dependent?: string;
}

const changes = 'package.json, package-lock.json';

/** Asks npm's registry about every package of the lockfile. */
export async function askNpm(): Promise<Answer> {
  const source = 'npm';
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    await readFile(join(projectRoot, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string> | undefined>;
  const pinned = { ...dependencies, ...optionalDependencies, ...devDependencies };
  const { stdout, stderr } = await run('npm', ['outdated', '--all', '--json'], { cwd: projectRoot });
  const told = parsed(stdout);
  if (told === undefined) return { source, offers: [], asked: 0, silent: reasonOf(`${stderr}\n${stdout}`) };
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as { packages: object };
  const asked = Object.keys(lock.packages).length - 1;
  return { source, asked, offers: npmOffers(told, pinned, basename(projectRoot)) };
}

/** What npm printed; undefined if that is no list of packages. */
function parsed(stdout: string): Record<string, Outdated | Outdated[]> | undefined {
  try {
    const told = JSON.parse(stdout || '{}') as Record<string, Outdated | Outdated[]>;
    return 'error' in told ? undefined : told;
  } catch {
    return undefined;
  }
}

/**
 * Newer versions of the packages that package.json names, each for itself, and of all others as one offer.
 *
 * @param project as npm names the project among those who ask for a package
 */
export function npmOffers(
  told: Readonly<Record<string, Outdated | Outdated[]>>,
  pinned: Readonly<Record<string, string>>,
  project: string,
): Offer[] {
  const each = Object.entries(told).flatMap(([name, found]) =>
    [found].flat().map(({ current, wanted, latest, dependent }) => ({ name, current, wanted, latest, dependent })),
  );
  const isNewer = (version: string, current: string | undefined = '') =>
    current !== '' && compareVersions(version, current) > 0;
  const direct = each.flatMap(({ name, current = '', wanted, latest, dependent }): Offer[] => {
    const range = pinned[name];
    if (range === undefined || dependent !== project) return [];
    // What others may have of it is offered too: the tag latest of a registry may be behind its newest version.
    const offered = [wanted, latest, ...each.filter((other) => other.name === name).map((other) => other.wanted)];
    const newer = newest(current, offered, 'minor') ?? newest(current, offered, 'major');
    if (newer === undefined) return [];
    const install = [`${name}@${/^\d/.test(range) ? newer : range}`];
    return [
      { part: name, now: current, newer, reach: reachOf(current, newer), changes, write: () => installed(install) },
    ];
  });
  const within = each.filter(({ current, wanted, dependent }) => dependent !== project && isNewer(wanted, current));
  if (within.length === 0) return direct;
  const others: Offer = {
    part: `${within.length} packages that others ask for`,
    now: 'locked',
    newer: 'newest that is asked for',
    reach: 'patch',
    changes: 'package-lock.json',
    write: () => installed(),
  };
  return [...direct, others];
}

/** Installs packages at exactly their versions, or without any brings the lockfile up to date within package.json. */
async function installed(packages: readonly string[] = []): Promise<void> {
  const options = ['--save-exact', '--no-audit', '--loglevel=error'];
  const action = packages.length === 0 ? ['update', '--no-save'] : ['install', ...packages];
  await must('npm', [...action, ...options], { cwd: projectRoot });
  // A package whose builds for other machines are missing in the registry leaves a lockfile that npm ci refuses.
  await must('npm', ['ci', '--no-audit', '--loglevel=error'], { cwd: projectRoot });
}
