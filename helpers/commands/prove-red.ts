/** Runs each exercise that has a lesson manifest with that manifest withheld, and demands red for the right reason. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { prepareCluster } from '../cluster/cluster.ts';
import { enforcesNetworkPolicy } from '../cluster/network-policy-probe.ts';
import { Progress } from '../cluster/progress.ts';
import { hasLessonManifest } from '../fixture.ts';
import { fixturesDir, specsDir, stateDir } from '../places.ts';
import { exitCodes } from '../problem.ts';
import { command } from './command.ts';
import { runLessons, specFiles } from './run-lessons.ts';

await command(async () => {
  const progress = new Progress();
  const withLesson: string[] = [];
  for (const file of await specFiles(process.env['ONLY'])) {
    const folder = file.replace(specsDir, fixturesDir).replace(/(\.mesh-wide)?\.spec\.ts$/, '');
    if (await hasLessonManifest(folder)) withLesson.push(file);
  }
  await prepareCluster(progress, false);
  process.env['NETWORK_POLICY_ENFORCED'] = (await enforcesNetworkPolicy()) ? 'yes' : 'no';
  process.env['WITHHOLD_LESSONS'] = '1';
  const results = join(stateDir, 'prove-red-results');
  await rm(results, { recursive: true, force: true });
  process.env['ALLURE_RESULTS'] = results;
  const { passed, failed, skipped } = await progress.timed('exercises without their lesson manifest', () =>
    runLessons(withLesson),
  );
  process.stdout.write(`\nseen red for the right reason: ${passed}, not: ${failed}, skipped: ${skipped}\n`);
  return failed > 0 || passed + skipped !== withLesson.length || passed === 0 ? exitCodes.failed : 0;
});
