/**
 * Lists every image that IMAGES=upstream pulls with the provider that CLUSTER chooses, and every package that the course
 * takes from others, one a line, for a mirror.
 */
import { choices } from '../lab/choices.ts';
import { chosenRegistry, mirrored } from '../lab/images/mirror.ts';
import { chooseTopology } from '../lab/topology.ts';
import { furtherImages, upstreamImages, upstreamPackages } from '../lab/upstream.ts';
import { command } from './command.ts';

await command(async () => {
  const registry = chosenRegistry(choices().REGISTRY);
  const line = (image: string) => `image ${image}${registry === undefined ? '' : ` ${mirrored(image, registry)}`}`;
  const images = upstreamImages(chooseTopology(choices(), undefined).provider).map(line);
  const packages = (await upstreamPackages()).map((each) => `${each.registry} ${each.name}`);
  const further = furtherImages.map(({ image, command: by }) => `${line(image)} # ${by} alone`);
  process.stdout.write(`${[...images, ...further, ...packages].join('\n')}\n`);
  return 0;
});
