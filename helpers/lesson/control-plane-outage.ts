/** An outage of the control plane, and what is refused while it lasts. */
import {
  awaitControlPlane,
  controlPlaneReplicas,
  killControlPlane,
  listControlPlane,
  missesControlPlane,
  scaleControlPlane,
} from '../istio/control-plane.ts';
import { readFixture } from '../kube/manifest.ts';
import { step } from '../record/allure.ts';
import { ExpectationError } from '../system/expectation-error.ts';
import { converge } from '../system/polling.ts';
import type { Transcript } from '../system/program.ts';
import { timeouts } from '../system/timeouts.ts';
import { eventually } from './eventually.ts';
import type { Site } from './site.ts';

/** Does something while the control plane is stopped; it is available again afterwards, and also if the exercise ends before. */
export async function withoutControlPlane(site: Site, body: () => Promise<void>): Promise<void> {
  const { cluster, recorder, changes } = site;
  const limit = { timeoutMs: timeouts.istioReadyMs };
  const start = [scaleControlPlane(await controlPlaneReplicas(cluster)), awaitControlPlane(timeouts.istioReadyMs)];
  changes.takeBackAtTheEnd(async () => {
    for (const words of start) await cluster.must('kubectl', words, limit);
  });
  const run = async (title: string, commands: readonly (readonly string[])[]) =>
    step(title, async () => {
      for (const words of commands) {
        await recorder.announce(cluster.typed('kubectl', words));
        await recorder.ran(await cluster.must('kubectl', words, limit));
      }
    });
  await run('Stop the control plane', [scaleControlPlane(0), killControlPlane]);
  const left = ['kubectl', ...listControlPlane] as const;
  await eventually(site, 'no pod of the control plane is left', left, (list) => list === '', {
    tell: () => 'no pod is listed',
  });
  await body();
  await run('Start the control plane again', start);
}

/**
 * Sees that a manifest is refused because istiod, which would have to examine it, is not there. For a moment nodes may
 * send that question on to the pod that is gone, and the refusal has other words; it has changed nothing, so it is asked
 * for again.
 *
 * @param webhook end of the name of istiod's webhook that is called, e.g. `validation.istio.io`
 * @throws {ExpectationError} at once if the manifest is taken
 */
export async function refusedWithoutControlPlane(
  { cluster, recorder, folder }: Site,
  claim: string,
  file: string,
  webhook: string,
): Promise<void> {
  const { path } = await readFixture(folder, file);
  const words = ['apply', '-f', path];
  await recorder.announce(cluster.typed('kubectl', words), claim);
  const refused = ({ exitCode, stderr }: Transcript) => exitCode === 1 && missesControlPlane(stderr, webhook);
  const seen = await converge(
    () => cluster.run('kubectl', words, { timeoutMs: timeouts.podsReadyMs }),
    (transcript) => transcript.exitCode === 0 || refused(transcript),
    { deadlineMs: recorder.settleMs() },
  );
  recorder.waited(claim, seen);
  await recorder.ran(seen.last);
  const { command, stdout, stderr, exitCode } = seen.last;
  if (!refused(seen.last)) {
    throw new ExpectationError(`It is not seen that ${claim}:\n$ ${command}\n${stdout}${stderr}`, exitCode === 0);
  }
  await recorder.find(claim, stderr.trim());
}
