/** Lists every image and package that the course takes from others, one a line, for a mirror. */
import { chosenRegistry, mirrored } from '../cluster/images/mirror.ts';
import { upstreamImages, upstreamPackages } from '../upstream.ts';
import { command } from './command.ts';

await command(async () => {
  const registry = chosenRegistry(process.env['REGISTRY']);
  const images = upstreamImages().map(
    (image) => `image ${image}${registry === undefined ? '' : ` ${mirrored(image, registry)}`}`,
  );
  const packages = (await upstreamPackages()).map((each) => `${each.registry} ${each.name}`);
  process.stdout.write(`${[...images, ...packages].join('\n')}\n`);
  return 0;
});
