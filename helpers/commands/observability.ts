/** Starts Jaeger on the lab, for whoever looks at traces by hand; Prometheus is part of every lab. */
import { refuseExisting } from '../lab/cluster.ts';
import { installJaeger } from '../lab/jaeger.ts';
import { useLab } from '../lab/use-lab.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('observability');
  await useLab();
  await installJaeger();
  process.stdout.write('Prometheus and Jaeger run in istio-system; next: make shell\n');
  return 0;
});
