import { imageRecipes } from '../../../kind/catalogue.ts';
import { EnvironmentProblem, UsageProblem } from '../../problem.ts';
import { timeouts } from '../../timeouts.ts';
import { chosenRegistry } from './mirror.ts';

export type ImageSource = 'assembled' | 'upstream';

/** True if a container registry gives any answer at all. */
export type RegistryProbe = () => Promise<boolean>;

/** Asks the mirror that REGISTRY names, or else the registry of the catalogue's first image, for three seconds. */
export async function registryAnswers(): Promise<boolean> {
  const mirror = chosenRegistry(process.env['REGISTRY']);
  if (mirror === undefined) return registryOfAnswers(imageRecipes[0]?.upstream[0] ?? '');
  return (await answers(`https://${mirror}/v2/`)) || answers(`http://${mirror}/v2/`);
}

/** True if the registry in an image's name gives any answer within three seconds. */
export async function registryOfAnswers(image: string): Promise<boolean> {
  return answers(`https://${image.split('/')[0]}/v2/`);
}

/** True if anything at all answers there within three seconds. */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeouts.registryMs) });
    return true;
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
        'IMAGES=upstream, but no container registry answers',
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
