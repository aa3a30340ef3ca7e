/**
 * Lists every image that IMAGES=upstream pulls with the provider that CLUSTER chooses, and every package that the course
 * takes from others, one a line, for a mirror.
 */
import { checkChoices } from '../cluster/choices.ts';
import { chosenRegistry, mirrored } from '../cluster/images/mirror.ts';
import { chooseShape } from '../cluster/shape.ts';
import { furtherImages, upstreamImages, upstreamPackages } from '../upstream.ts';
import { command } from './command.ts';

await command(async () => {
  checkChoices(process.env);
  const registry = chosenRegistry(process.env['REGISTRY']);
  const line = (image: string) => `image ${image}${registry === undefined ? '' : ` ${mirrored(image, registry)}`}`;
  const images = upstreamImages(chooseShape(process.env, undefined).provider).map(line);
  const packages = (await upstreamPackages()).map((each) => `${each.registry} ${each.name}`);
  const further = furtherImages.map(({ image, command: by }) => `${line(image)} # ${by} alone`);
  process.stdout.write(`${[...images, ...further, ...packages].join('\n')}\n`);
  return 0;
});
