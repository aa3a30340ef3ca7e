import {
  answeredByVersion,
  between,
  byStatusAndVersion,
  chanceOutside,
  type EventuallyOptions,
  exercise,
  failures,
  type Load,
  moments,
  onceIn,
  queryArguments,
  readSamples,
  type Reply,
  tally,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const folder = 'fixtures/05-traffic-management/10-progressive-delivery/01-promotes-what-it-measures';
const url = 'http://backend/';
/** The second destination of the route is the canary. */
const canaryWeight = '{.spec.http[0].route[1].weight}';
/** The names of pods, each with a hash that only those of a Rollout have. */
const podsAndHash = '{range .items[*]}{.metadata.name} {.metadata.labels.rollouts-pod-template-hash}{"\\n"}{end}';
/** A release takes half a minute: a pod starts, ten seconds at 10 %, five at 50 %; four times that on a busy machine. */
const releaseMs = 120_000;
/** Calls that must be made while a version is released, where none may fail. */
const leastMeanwhile = 100;
/** A verdict that luck makes wrong no more often than that. */
const wrong = 1e-4;

exercise(
  'Rollout promotes and takes back by what its gate measures, and a gate that takes silence for zero promotes an outage',
  {
    persona: 'Marcus Chen',
    question: 'Releases are daily. Who watches the graph at three in the morning, and who turns the weight back?',
    proof:
      'A controller, Argo Rollouts, turns the weights of a VirtualService, and asks Prometheus before each next step. Nobody else changes anything: a release is one command that sets a version, and the weights are read from a watch on the VirtualService. A customer calls all the time and counts what it meets. The good version is promoted; the one that fails is taken back, with the calls and the seconds that it cost. Then the query gets a typing error, so that it finds nothing, while another query shows that the calls are there and are counted. With three possible answers the gate says that it does not know, and a version that fails every call stays at a tenth, if the gate is one of the steps of its release. Then that version is healed where it runs, and the gate asks beside the steps: it says the same, and the release goes on. With the same typing error and silence taken for zero, another version that fails every call is promoted to everyone.',
    takeaway:
      'A controller does what its gate says: let the gate be a step, and let it be able to say that it does not know.',
    needs: ['k8s', 'sidecar', 'prom', 'rollouts'],
    proves: ['m5.e10.a1', 'm5.e10.a2', 'm5.e10.a3', 'm5.e10.a4'],
    errata: ['E515'],
    readMore: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const client = cluster.client('deployment/customer');
    const customer = client.curl(url);
    const release = async (...variables: readonly string[]) =>
      cluster.kubectl('set', 'env', 'deployment/backend', ...variables);
    const weightIs = async (weight: number) =>
      cluster.kubectl('wait', 'virtualservice/backend', `--for=jsonpath=${canaryWeight}=${weight}`, '--timeout=30s');
    const read = async (kind: string, path: string) =>
      (await cluster.kubectl('get', kind, '-o', `jsonpath=${path}`)).stdout;
    const rolloutIs = async (
      says: string,
      path: string,
      holds: (seen: string) => boolean,
      options: EventuallyOptions = {},
    ) => cluster.eventually(says, ['get', 'rollout', 'backend', '-o', `jsonpath=${path}`], holds, 'kubectl', options);
    const until = async (phase: string, why = '') =>
      rolloutIs(
        `the phase of the Rollout is ${phase}`,
        '{.status.phase} {.status.pauseConditions[*].reason} {.status.message}',
        (seen) => seen.startsWith(`${phase} ${why}`),
        { settleMs: releaseMs },
      );
    /** What the gate said of the newest version, in its own words and numbers. */
    const measurements = async () => {
      const hash = await read('rollout/backend', '{.status.currentPodHash}');
      const path =
        '{range .items[*]}{.status.phase}:{range .status.metricResults[*].measurements[*]} {.phase} {.value}{end}{"\\n"}{end}';
      const runs = ['get', 'analysisruns', '-l', `rollouts-pod-template-hash=${hash}`, '-o', `jsonpath=${path}`];
      return (await cluster.kubectl(...runs)).stdout.trim();
    };

    await lesson.step('Before: version 1 answers, and an ordinary Deployment runs it', async () => {
      await customer.settlesOn(answeredByVersion('v1'));
    });

    await lesson.step('A controller takes the Deployment over, once the gate that it is given is there', async () => {
      await cluster.change('20-gate.yaml');
      await cluster.attempt('kubectl', 'apply', '-f', `${folder}/15-rollout.yaml`);
      await rolloutIs(
        'the Rollout is healthy',
        '{.status.phase} {.status.message}',
        (seen) => seen.trim() === 'Healthy',
      );
      await cluster.eventually(
        'the one pod of the backend is of the Rollout, and the Deployment itself has none any more',
        ['get', 'pods', '-l', 'app=backend', '-o', `jsonpath=${podsAndHash}`],
        (seen) => /^backend-\S+ \w+\n$/.test(seen),
      );
      await customer.settlesOn(answeredByVersion('v1'));
    });

    await lesson.step('Version 2 is good: it is promoted without a person, and no call fails', async () => {
      let load: Load | undefined;
      const weights = await cluster.whileWatching(
        ['virtualservice', 'backend', '-o', `jsonpath=${canaryWeight}{"\\n"}`],
        async () => {
          load = await client.whileCalling([url], async (calling) => {
            await calling.calls(10);
            await calling.mark('release v2');
            await release('VERSION=v2');
            await until('Paused');
            await until('Healthy');
            await weightIs(0);
            await calling.mark('promoted');
            // Half of the calls met version 1 until now; the proxy hears of the last weight a moment after the API server.
            await calling.inARow(
              40,
              'are answered by version 2',
              (reply) => reply.status === 200 && versionOf(reply) === 'v2',
            );
          });
        },
      );
      await show('Who answered while version 2 was released', load);
      const meanwhile = load === undefined ? [] : between(load, 'release v2', 'promoted');
      await lesson.check(
        `no call failed, of ${leastMeanwhile} or more while version 2 was released, which answered some of them (a loss of one in ten would pass by chance ${onceIn(0.9 ** leastMeanwhile)})`,
        { meanwhile: byStatusAndVersion(meanwhile), inAll: failures(load?.replies ?? []) },
        ({ meanwhile: seen, inAll }) =>
          (seen['200 v2'] ?? 0) > 0 && meanwhile.length >= leastMeanwhile && inAll.failed === 0,
      );
      await lesson.check(
        'the weights of the canary were 0, 10, 50, and in the end 0 again',
        changesOf(weights).join(' '),
        (seen) => /^0 10 50 (100 )?0$/.test(seen),
      );
      await lesson.check(
        'the gate measured three times, found no failed call, the last time at the least, and said: successful',
        await measurements(),
        (said) => /^Successful:( Inconclusive \[(NaN)?\]| Successful \[0\]){2} Successful \[0\]$/.test(said),
      );
      const stable = '{.spec.subsets[?(@.name=="stable")].labels.rollouts-pod-template-hash}';
      await lesson.check(
        'the subset for everyone is that of the new pods now',
        {
          stable: await read('destinationrule/backend', stable),
          newest: await read('rollout/backend', '{.status.currentPodHash}'),
        },
        (seen) => seen.stable !== '' && seen.stable === seen.newest,
      );
      await onlyAnswer('v2', 200, 200);
    });

    await lesson.step('Version 3 fails every call: it is taken back without a person', async () => {
      const load = await client.whileCalling([url], async (calling) => {
        await calling.calls(10);
        await calling.mark('release v3');
        await release('VERSION=v3', 'FAIL_STATUS=500');
        await calling.until('met version 3', (reply) => versionOf(reply) === 'v3');
        await until('Degraded');
        await weightIs(0);
        await calling.mark('taken back');
        // As long as the proxy has not heard of it, one call in ten fails, and belongs to what the release cost.
        await calling.inARow(
          100,
          'are answered by version 2',
          (reply) => reply.status === 200 && versionOf(reply) === 'v2',
        );
      });
      await show('Who answered while version 3 was released, failures in red', load);
      await rolloutIs(
        'the Rollout says why',
        '{.status.message}',
        (seen) => /RolloutAborted/.test(seen) && /failed/i.test(seen),
      );
      await lesson.check('the gate needed three measurements at most', await measurements(), (said) =>
        /^Failed:( Inconclusive \[(NaN)?\]){0,2} Failed \[1\]$/.test(said),
      );
      await lesson.check(
        'the weight of the canary is 0',
        await read('virtualservice/backend', canaryWeight),
        (seen) => seen === '0',
      );
      await onlyAnswer('v2', 200, 200);
      const started = load.milestones.find(({ label }) => label === 'release v3')?.seconds ?? 0;
      const last = load.replies.findLast(({ status }) => status !== 200)?.at ?? started;
      const exposed = load.replies.filter(({ at }) => at >= started && at <= last);
      const cost = failures(exposed);
      const most = mostByLuck(cost.calls, 0.1);
      await lesson.check(
        `of ${cost.calls} calls until the last failure no more failed than one of ten, and what luck adds: ${most} (more by chance ${onceIn(chanceOutside(cost.calls, 0.1, 0, most))})`,
        { ...cost, all: Object.fromEntries(tally(exposed, versionOf)) },
        ({ failed }) => failed > 0 && failed <= most,
      );
      await lesson.measure(
        'm5.e10.a2',
        'from the release of a bad version to its last failed call, detection included',
        last - started,
        'seconds',
      );
      await lesson.measure('m5.e10.a2', 'calls that failed in that time', cost.failed, 'calls');
    });

    await lesson.step(
      'A typing error in the query: the gate knows nothing of a version that fails every call, which stays at a tenth',
      async () => {
        await cluster.change('30-typing-error.yaml');
        const load = await client.whileCalling([url], async (calling) => {
          await calling.mark('release v4');
          await release('VERSION=v4', 'FAIL_STATUS=500');
          await calling.until('met version 4', (reply) => versionOf(reply) === 'v4');
          await until('Paused', 'InconclusiveAnalysisRun');
          await lesson.check('three measurements found nothing', await measurements(), (said) =>
            /^Inconclusive:( Inconclusive \[\]){3}$/.test(said),
          );
          const hash = await read('rollout/backend', '{.status.currentPodHash}');
          const counted = `sum(rate(istio_requests_total{reporter="destination",pod=~"backend-${hash}-.*"}[9s]))`;
          await cluster.eventually(
            'and the calls are there: under its right name the metric counts them',
            queryArguments(counted),
            (answer) => (readSamples({ stdout: answer })[0]?.value ?? 0) > 0,
          );
          await rolloutIs(
            'the Rollout is paused, since its gate has no opinion',
            '{.status.phase} {.status.message}',
            (seen) => seen === 'Paused InconclusiveAnalysisRun',
            { staysMs: 8_000 },
          );
        });
        await lesson.check(
          'version 4 failed each call that it answered',
          byStatusAndVersion(load.replies),
          (seen) => (seen['500 v4'] ?? 0) > 0 && !('200 v4' in seen),
        );
        await lesson.check(
          'the weight of the canary is 10',
          await read('virtualservice/backend', canaryWeight),
          (seen) => seen === '10',
        );
      },
    );

    await lesson.step(
      'Version 4 is healed, and the gate asks beside the steps: it says paused, and the release goes on to everyone',
      async () => {
        const hash = await read('rollout/backend', '{.status.currentPodHash}');
        const { stdout } = await cluster.kubectl(
          'get',
          'pods',
          '-l',
          `rollouts-pod-template-hash=${hash}`,
          '-o',
          'name',
        );
        await cluster.client(stdout.trim()).fault('none');
        const seen = await cluster.whileWatching(
          [
            'rollout',
            'backend',
            '-o',
            'jsonpath={.status.phase} {.status.pauseConditions[*].reason} {.status.canary.weights.canary.weight}{"\\n"}',
          ],
          async () => {
            await cluster.change('35-beside-the-steps.yaml');
            await until('Healthy');
          },
        );
        await lesson.check(
          'once this gate had been asked, and the Rollout was paused because the gate had no opinion, the weight rose from 10 to 50',
          // What the step before has left, a pause at 10, is not of this gate.
          changesOf(seen.slice(seen.findIndex((state) => !state.includes('Inconclusive')))),
          (states) => {
            const at = (weight: number) => states.indexOf(`Paused InconclusiveAnalysisRun ${weight}`);
            return seen[0]?.includes('Inconclusive') === true && at(10) >= 0 && at(50) > at(10);
          },
        );
        await lesson.check(
          'this gate found nothing twice, like the one before it three times',
          await measurements(),
          (said) => /^(Inconclusive:( Inconclusive \[\]){2,3}\n?){2}$/.test(said),
        );
        await onlyAnswer('v4', 200, 50);
      },
    );

    await lesson.step(
      'The same error, and silence is zero: a version that fails every call is promoted to everyone',
      async () => {
        await cluster.attempt('kubectl', 'apply', '-f', `${folder}/15-rollout.yaml`);
        await cluster.change('40-silence-is-zero.yaml');
        const load = await client.whileCalling([url], async (calling) => {
          await calling.calls(10);
          await calling.mark('release v5');
          await release('VERSION=v5', 'FAIL_STATUS=500');
          await calling.until('met version 5', (reply) => versionOf(reply) === 'v5');
          await until('Healthy');
          await calling.mark('promoted');
          await calling.calls(10);
        });
        await show('Who answered while version 5 was released, failures in red', load);
        await lesson.check('the gate found no failed call, for it found nothing', await measurements(), (said) =>
          /^Successful:( Successful \[0\]){3}$/.test(said),
        );
        await onlyAnswer('v5', 500, 50);
      },
    );

    await lesson.step('Back to version 2, which one command does', async () => {
      await release('VERSION=v2', 'FAIL_STATUS-');
      await customer.settlesOn(answeredByVersion('v2'));
      await until('Healthy');
      await onlyAnswer('v2', 200, 50);
    });

    async function onlyAnswer(version: string, status: number, calls: number): Promise<void> {
      // What the controller says stands at the API server a moment before the proxy of the customer has it.
      await client.burstShows(`${version} alone answers`, [url], (replies) =>
        replies.every((reply) => versionOf(reply) === version && reply.status === status),
      );
      const replies = await client.oneConnection(calls, url);
      await lesson.check(
        `each of ${calls} calls is answered by ${version} with ${status}`,
        Object.fromEntries(tally(replies, (reply: Reply) => `${versionOf(reply)}, HTTP ${reply.status}`)),
        (seen) => Object.keys(seen).join() === `${version}, HTTP ${status}` && Object.values(seen)[0] === calls,
      );
    }

    async function show(title: string, load: Load | undefined): Promise<void> {
      if (load !== undefined) await lesson.show(title, timeline(moments(load.replies, versionOf), load.milestones));
    }
  },
);

/** Lines of a watch without those that say the same as the one before. */
function changesOf(lines: readonly string[]): string[] {
  return lines.filter((line, index) => line !== lines[index - 1]);
}

/** The most of so many calls that a share of them comes to, unless luck is of a kind that is as good as never seen. */
function mostByLuck(calls: number, share: number): number {
  for (let most = 0; most < calls; most += 1) if (chanceOutside(calls, share, 0, most) < wrong) return most;
  return calls;
}
