/** Starts Jaeger on the lab, for exercises on traces that are started by hand; Prometheus is part of every lab. */
import { refuseExisting } from '../lab/cluster.ts';
import { installJaeger } from '../lab/jaeger.ts';
import { useLab } from '../lab/use-lab.ts';
import { command } from './command.ts';

await command(async () => {
  refuseExisting('observability');
  await useLab();
  await installJaeger();
  process.stdout.write('Prometheus and Jaeger run in istio-system; next: make course ONLY=m6\n');
  return 0;
});
