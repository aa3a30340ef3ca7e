/** Draws who calls whom on the lab now, from its Prometheus: reports/service-graph.svg, and the same as lines. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { drawServiceGraph } from '../draw/service-graph.ts';
import { serviceGraph } from '../istio/service-graph.ts';
import { useLab } from '../lab/use-lab.ts';
import { EnvironmentProblem } from '../system/errors.ts';
import { reportsDir } from '../system/paths.ts';
import { command } from './command.ts';

await command(async () => {
  await useLab();
  const edges = await serviceGraph('1m');
  if (edges.length === 0) {
    throw new EnvironmentProblem(
      'Prometheus has seen no request between workloads of the mesh in the last minute',
      'make some traffic from a pod with a sidecar, wait five seconds, and try again',
    );
  }
  for (const { from, to, perSecond, errorShare, mutualTls } of edges) {
    process.stdout.write(
      `${from.name.padEnd(20)} → ${to.name.padEnd(20)} ${to.namespace.padEnd(28)} ${perSecond.toFixed(1).padStart(7)}/s ${Math.round(errorShare * 100)} % errors, ${mutualTls ? 'mutual TLS' : 'plaintext'}\n`,
    );
  }
  await mkdir(reportsDir, { recursive: true });
  const file = join(reportsDir, 'service-graph.svg');
  await writeFile(file, await drawServiceGraph(edges));
  process.stdout.write(`drawn: ${file}\n`);
  return 0;
});
