/** Installs Kiali on the lab and says where to look; does not stay in the foreground. */
import { registryOfAnswers } from '../lab/images/image-source.ts';
import { installKiali } from '../lab/kiali.ts';
import { kialiImage } from '../lab/upstream.ts';
import { useLab } from '../lab/use-lab.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { command } from './command.ts';

await command(async () => {
  await useLab();
  if (!(await registryOfAnswers(kialiImage))) {
    throw new EnvironmentProblem(
      `Kiali needs the image ${kialiImage}, and its registry does not answer`,
      'make graph, which draws the same map from the same counters',
    );
  }
  await installKiali();
  process.stdout.write(
    'Kiali runs. To look at it, in another terminal: make shell, then\n  kubectl -n istio-system port-forward service/kiali 20001\nand open http://127.0.0.1:20001/kiali\n',
  );
  return 0;
});
