import { join } from 'node:path';

import { nameOf, type Reference, references } from '../../kind/references.ts';
import { craneRecipe } from '../../kind/registry.ts';
import { goPrograms } from '../lab/assemble/go-programs.ts';
import { choices } from '../lab/choices.ts';
import { registryOfAnswers } from '../lab/images/image-source.ts';
import { chosenRegistry, mirrored } from '../lab/images/mirror.ts';
import { run } from '../system/program.ts';
import { type Answer, compareVersions, numbersOf, type Offer, reachOf } from './offer.ts';

/** Asks the container registries, or the mirror that REGISTRY names, about every image that the course names. */
export async function askImages(): Promise<Answer> {
  const source = 'container images';
  const all = Object.values<Reference>(references);
  const mirror = chosenRegistry(choices().REGISTRY);
  const names = all.map(({ image }) => mirrored(image, mirror));
  const answered = await Promise.all(names.map(registryOfAnswers));
  if (!answered.some(Boolean)) return { source, offers: [], asked: 0, silent: 'no container registry answers' };
  const crane = join(await goPrograms(craneRecipe), 'crane');
  const offers: Offer[] = [];
  let silent = 0;
  for (const [index, reference] of all.entries()) {
    const found = await offerOf(reference, names[index] ?? '', async (...words) => {
      const { exitCode, stdout } = await run(crane, words);
      return exitCode === 0 ? stdout.trim() : '';
    });
    if (found === 'silent') silent += 1;
    else if (found !== undefined) offers.push(found);
  }
  const untold = silent === 0 ? {} : { silent: `no registry answered about ${silent} of ${all.length} images` };
  return { source, offers, asked: all.length - silent, ...untold };
}

/**
 * What is newer of one image; undefined where nothing is.
 *
 * @param name under which its registry, or the mirror, has it
 * @param ask asks that registry, `ls` for tags or `digest`; empty where it does not answer
 */
export async function offerOf(
  reference: Reference,
  name: string,
  ask: (...words: readonly string[]) => Promise<string>,
): Promise<Offer | 'silent' | undefined> {
  const tags = await ask('ls', name);
  if (tags === '') return 'silent';
  const tag = newestTag(reference.tag, tags.split('\n'));
  if (tag === undefined) return undefined;
  const digest = await ask('digest', `${name}:${tag}`);
  if (digest === '') return 'silent';
  return {
    part: reference.image,
    now: nameOf(reference),
    newer: `${tag}@${digest}`,
    reach: reachOf(plain(reference.tag), plain(tag)),
    changes: 'kind/references.ts or the release that names it, and its stand-in',
    byHand: 'image and stand-in are one version, and make contracts must show that it keeps what lessons rely on',
  };
}

/** The newest tag of the very same form with the same first two numbers: v1.36.6-k3s1 after v1.36.5-k3s1. */
export function newestTag(now: string, tags: readonly string[]): string | undefined {
  const form = (tag: string) => tag.replaceAll(/\d+/g, '0');
  // A date is one number, and each is newer than the one before.
  const line = (tag: string) => (plain(tag).includes('.') ? plain(tag).split('.').slice(0, 2).join('.') : '');
  const [found] = tags
    .filter((tag) => form(tag) === form(now) && numbersOf(plain(tag)) !== undefined)
    .filter((tag) => line(tag) === line(now) && compareVersions(plain(tag), plain(now)) > 0)
    .toSorted((a, b) => compareVersions(plain(b), plain(a)));
  return found;
}

/** The version in a tag: `1.36.5` of `v1.36.5-k3s1`, `20261005` of `trixie-20261005-slim`. */
function plain(tag: string): string {
  return /\d+(?:\.\d+)*/.exec(tag)?.[0] ?? '';
}
