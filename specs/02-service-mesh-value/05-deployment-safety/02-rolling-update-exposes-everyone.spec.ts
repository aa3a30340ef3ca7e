import {
  answeredByVersion,
  between,
  chanceOfClimb,
  exercise,
  failures,
  moments,
  onceIn,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

exercise(
  'A rolling update takes a bad version from no customer to every customer',
  {
    persona: 'Marcus Chen',
    question: 'Version 2 starts, is ready, and answers every customer with an error. Who notices, and when?',
    proof:
      'Customers call all the time, and each answer says which version gave it. Before the update all calls succeed. The bad pods pass their readiness probe, so Kubernetes sees a rollout that went well; while it goes on both versions answer, in the second half with more failures than in the first, and when it is complete every call fails. The same calls succeed again after the update is undone.',
    takeaway:
      'In a rolling update the number of new pods decides how many customers meet them; being ready is not being right.',
    needs: ['k8s'],
    proves: ['m2.e5.a2'],
    errata: ['E214'],
    readMore: 'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const customer = frontend.curl('http://backend/');
    const rollout = async (verb: string) => cluster.kubectl('rollout', verb, 'deployment/backend');

    const gone = async (version: string) =>
      cluster.kubectl('wait', '--for=delete', 'pod', '-l', `app=backend,version=${version}`, '--timeout=60s');

    await lesson.step('Before: version 1 answers', async () => {
      await customer.settlesOn(answeredByVersion('v1'));
    });

    const load = await frontend.whileCalling(['http://backend/'], async (calling) => {
      await lesson.step('Version 2 is rolled out; its pods become ready one by one', async () => {
        await calling.calls(10);
        await calling.mark('update');
        await cluster.change('20-bad-version.yaml');
        await rollout('status');
      });

      await lesson.step('After: Kubernetes is content, and every customer gets an error', async () => {
        await customer.settlesOn(answeredByVersion('v2', 500));
        await gone('v1');
        await calling.mark('all on v2');
        await calling.calls(10);
        await cluster.eventually('three of three pods are ready', ['get', 'deployment', 'backend'], (seen) =>
          /3\/3/.test(seen),
        );
      });

      await lesson.step('And undoing the update takes the errors away', async () => {
        await calling.mark('undo');
        await rollout('undo');
        await rollout('status');
        await gone('v2');
        // The node may go on to lead calls to pods that are gone until it has heard of it.
        await calling.inARow(
          40,
          'are answered by version 1',
          (reply) => reply.status === 200 && versionOf(reply) === 'v1',
        );
        await calling.mark('healed');
        await calling.calls(10);
      });
    });

    await lesson.step('What the customers saw', async () => {
      await lesson.show(
        'Who answered during the rolling update, failures in red',
        timeline(moments(load.replies, versionOf), load.milestones),
      );
      const rolling = between(load, 'update', 'all on v2');
      const phases = {
        before: failures(between(load, '', 'update')),
        'first half': failures(rolling.slice(0, rolling.length / 2)),
        'second half': failures(rolling.slice(rolling.length / 2)),
        'all on v2': failures(between(load, 'all on v2', 'undo')),
        healed: failures(between(load, 'healed')),
      };
      lesson.table(
        'Failed calls',
        ['phase', 'calls', 'failed'],
        Object.entries(phases).map(([phase, { calls, failed }]) => [phase, `${calls}`, `${failed}`]),
      );
      await lesson.check(
        'no call failed before the update, and none once version 1 had answered 40 in a row again',
        phases,
        (seen) => [seen.before, seen.healed].every(({ calls, failed }) => calls > 0 && failed === 0),
      );
      const luck = chanceOfClimb(phases['first half'], phases['second half']);
      await lesson.check(
        'the share of failures climbed while the pods were replaced, by more than luck does once in 1,000 runs',
        { ...phases, sameShareLooksSoByChance: onceIn(luck) },
        (seen) => share(seen['first half']) < share(seen['second half']) && luck < 0.001,
      );
      await lesson.check(
        'with all pods on version 2 every call failed',
        phases['all on v2'],
        (seen) => share(seen) === 1,
      );
      const seconds = (label: string) => load.milestones.find((milestone) => milestone.label === label)?.seconds ?? 0;
      const lastFailed = load.replies.findLast(({ status }) => status !== 200)?.at ?? 0;
      await lesson.check(
        'the last customer met an error after the update was complete, so long after its beginning',
        {
          failedCalls: failures(load.replies).failed,
          secondsToComplete: Math.round(seconds('all on v2') - seconds('update')),
          secondsToLastError: Math.round(lastFailed - seconds('update')),
        },
        ({ failedCalls }) => failedCalls > 0 && lastFailed > seconds('all on v2'),
      );
    });
  },
);

function share({ calls, failed }: { calls: number; failed: number }): number {
  return failed / Math.max(1, calls);
}
