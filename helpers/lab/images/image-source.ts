import { publisherOf } from '../../../kind/registry-mirror/hosts.ts';
import { EnvironmentProblem, UsageProblem } from '../../system/errors.ts';
import { timeouts } from '../../system/timeouts.ts';
import { choices, type ImageSource } from '../choices.ts';
import { upstreamImages } from '../upstream.ts';
import { chosenRegistry, registryOf } from './mirror.ts';

/** True if the container registries that matter answer. */
export type RegistryProbe = () => Promise<boolean>;

/** Addresses at which the images of a whole run are asked for: the mirror that REGISTRY names, or their own registries. */
export function registriesAsked(registry: string | undefined): string[] {
  if (registry !== undefined) return [registry];
  return [...new Set(upstreamImages('k3s').map((image) => publisherOf(registryOf(image))))].toSorted();
}

/** Asks every registry that images of a run come from, for three seconds. */
export async function registryAnswers(): Promise<boolean> {
  const asked = registriesAsked(chosenRegistry(choices().REGISTRY));
  return (await Promise.all(asked.map(answersAt))).every((ok) => ok);
}

/** True if the registry in an image's name answers within three seconds. */
export async function registryOfAnswers(image: string): Promise<boolean> {
  return answersAt(publisherOf(registryOf(image)));
}

/** A mirror may speak without TLS; publishers do not. */
async function answersAt(host: string): Promise<boolean> {
  return (await answers(`https://${host}/v2/`)) || answers(`http://${host}/v2/`);
}

/**
 * True if a registry answers there within three seconds: with 200, or 401 where it wants to know who asks. What else may
 * come is somebody else's, such as a proxy that lets nobody out.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support
 */
export async function answers(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeouts.registryMs) });
    return status === 200 || status === 401;
  } catch {
    return false;
  }
}

/**
 * Where images come from, as IMAGES says: `upstream`, `assembled`, or `auto` (also when it is not set), which takes
 * upstream's images if a registry answers.
 *
 * @throws {UsageProblem} on any other word
 * @throws {EnvironmentProblem} on `upstream` where no registry answers
 */
export async function chooseImageSource(wanted: string | undefined, probe: RegistryProbe): Promise<ImageSource> {
  switch (wanted) {
    case 'assembled':
      return 'assembled';
    case 'upstream':
      if (await probe()) return 'upstream';
      throw new EnvironmentProblem(
        `IMAGES=upstream, but no container registry answers at ${registriesAsked(chosenRegistry(choices().REGISTRY)).join(', ')}`,
        'make course IMAGES=assembled',
      );
    case undefined:
    case '':
    case 'auto':
      return (await probe()) ? 'upstream' : 'assembled';
    default:
      throw new UsageProblem(
        `unknown image source IMAGES=${wanted}`,
        'use IMAGES=auto, IMAGES=assembled or IMAGES=upstream',
      );
  }
}
