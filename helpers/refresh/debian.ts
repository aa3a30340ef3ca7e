import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { imageRecipes, nodePackages, versions } from '../../kind/catalogue.ts';
import { assembledDebian, inRoot } from '../lab/assemble/debian.ts';
import { kindDir } from '../system/paths.ts';
import { must, ProgramFailed } from '../system/program.ts';
import { type Answer, type Offer, reasonOf } from './offer.ts';

const source = 'Debian';
/** As many of the packages are named as tell what kind of change it is. */
const named = 6;

/** Asks Debian about every package in the assembled images; of those that are not assembled the newest come anyway. */
export async function askDebian(): Promise<Answer> {
  const lists = [nodePackages, ...imageRecipes.map(({ packages = [] }) => packages)].filter((list) => list.length > 0);
  const found = await assembledDebian(lists);
  if (found === undefined) return { source, offers: [], asked: 0 };
  const base = await readFile(join(found.root, 'var/lib/dpkg/status'), 'utf8');
  const layers = found.archives.map((archive) => must('tar', ['-xOf', archive, './var/lib/dpkg/status']));
  const texts = [base, ...(await Promise.all(layers)).map(({ stdout }) => stdout)];
  const installed = installedVersions(texts.join('\n\n'));
  try {
    await inRoot(found.root, ['apt-get', 'update', '-qq', '--error-on=any']);
    const { stdout } = await inRoot(found.root, ['apt-cache', 'policy', ...installed.keys()]);
    return { source, asked: installed.size, offers: debianOffers(installed, candidates(stdout)) };
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    return { source, offers: [], asked: 0, silent: reasonOf(error.transcript.stderr) };
  }
}

/** Versions by package, as dpkg keeps them. */
export function installedVersions(status: string): Map<string, string> {
  const entries = status.split('\n\n').flatMap((entry): [string, string][] => {
    const [, name] = /^Package: (.*)$/m.exec(entry) ?? [];
    const [, version] = /^Version: (.*)$/m.exec(entry) ?? [];
    return name === undefined || version === undefined || !/^Status: install ok installed$/m.test(entry)
      ? []
      : [[name, version]];
  });
  return new Map(entries);
}

/** What would be installed now, by package, as `apt-cache policy` prints it. */
export function candidates(policy: string): Map<string, string> {
  const entries = [...policy.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (.*)$/gm)];
  return new Map(entries.map(([, name = '', version = '']) => [name, version]));
}

/** All that changed, as one: packages of Debian are fetched anew together. */
export function debianOffers(installed: ReadonlyMap<string, string>, offered: ReadonlyMap<string, string>): Offer[] {
  const newer = [...installed].filter(([name, version]) => (offered.get(name) ?? version) !== version);
  if (newer.length === 0) return [];
  const told = newer.slice(0, named).map(([name, version]) => `${name} ${version} → ${offered.get(name)}`);
  const more = newer.length > named ? `, and ${newer.length - named} more` : '';
  return [
    {
      part: `${newer.length} packages of Debian ${versions.debian}`,
      now: 'as assembled',
      newer: `${told.join(', ')}${more}`,
      reach: 'patch',
      changes: 'kind/catalogue.ts, and every image that is made of Debian',
      write: fetchAnew,
    },
  ];
}

async function fetchAnew(): Promise<void> {
  const catalogue = join(kindDir, 'catalogue.ts');
  const today = new Date().toISOString().slice(0, 10);
  const text = await readFile(catalogue, 'utf8');
  await writeFile(catalogue, text.replace(/debianSince: '.*'/, `debianSince: '${today}'`));
}
