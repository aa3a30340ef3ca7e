import {
  between,
  chanceOutside,
  endpointsCommand,
  exercise,
  failures,
  minorOfMesh,
  moments,
  onceIn,
  podOf,
  readEndpoints,
  readProxyStats,
  type Reply,
  statsCommand,
  tally,
  tellEndpoints,
  timeline,
  untilProxyKnows,
} from '../../../helpers/index.ts';

const namespace = 'm5-e9-zones';
const backend = 'http://backend/';
const endpoints = endpointsCommand('deployment/frontend', 'backend', namespace);
const ejections = `outbound|80||backend.${namespace}.svc.cluster.local;.outlier_detection.ejections_`;
const readyNear = [
  'get',
  'pods',
  'near-1',
  'near-2',
  '-o',
  'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
];
/** Calls that a failing pod may cost: three in a row, and on a busy machine some before the proxy has acted. */
const cost = { least: 3, most: 8 };
/** With one pod of two left, a zone keeps 70 per cent of its calls: Envoy counts 1.4 times the share that is healthy. */
const leaving = { of: 400, least: 80, most: 160 };
const leavesByChance = onceIn(chanceOutside(leaving.of, 0.3, leaving.least, leaving.most));

exercise(
  'DestinationRule with outlier detection keeps calls in their zone, and leaves the zone when its pods fail',
  {
    persona: 'Marcus Chen',
    question: 'Calls should stay in their zone while it is healthy, and leave it when it is not. Is that automatic?',
    proof: `One caller and two pods are in one zone, two more pods are in another; each answer names its pod. Two labels on pods of one node stand for the zones. Without a rule both zones are called. Under outlier detection, which says nothing about zones, all of 200 calls stay, and the proxy itself has the other zone as its second choice. Then the zone breaks, one pod after another, while the caller calls all the time: each pod costs ${cost.least} to ${cost.most} failed calls, the proxy counts it out, and no call fails after that. With one pod left ${leaving.least} to ${leaving.most} of ${leaving.of} calls leave the zone although that pod is well; with none left all do. A pod that is not ready has another effect in Istio 1.30 than in 1.31. At last the rule is taken away, and the Service alone asks for the same zone: calls stay, they all leave when the pods are not ready, and they do not leave pods that are ready and fail. Pods that are not ready still answer here, so that no call fails on the way says nothing of pods that do not.`,
    takeaway:
      'Ask for it: without outlier detection or trafficDistribution no zone is preferred. With outlier detection a zone that is half broken already sends calls away.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e9.a1', 'm5.e9.a2', 'm5.e9.a3', 'm5.e9.a4', 'm5.e9.a5', 'm5.e9.a6'],
    errata: ['E511'],
    readMore: 'https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const near1 = cluster.client('pod/near-1');
    const near2 = cluster.client('pod/near-2');
    const calls = async (times: number) => count(await frontend.oneConnection(times, backend));
    const burstIs = async (says: string, holds: (replies: readonly Reply[]) => boolean) =>
      frontend.burstShows(says, [backend], holds);
    const allStay = async () => {
      await burstIs(
        'both pods of the own zone are called, and no other',
        (replies) => [...tally(replies, podOf).keys()].toSorted().join() === 'near-1,near-2' && areServed(replies),
      );
      await lesson.check(
        `of 200 calls all stayed in the own zone (if no zone were preferred by chance ${onceIn(0.5 ** 200)})`,
        await calls(200),
        ({ near, failed }) => near === 200 && failed === 0,
      );
    };
    const bothAreCalled = async () =>
      lesson.check(
        `of 200 calls each zone got 60 or more (with the same chance for each pod one gets fewer ${onceIn(chanceOutside(200, 0.5, 60, 140))})`,
        await calls(200),
        ({ near, far, failed }) => near >= 60 && far >= 60 && failed === 0,
      );
    const partLeaves = async () =>
      lesson.check(
        `of ${leaving.of} calls ${leaving.least} to ${leaving.most} went to the other zone, and none failed (of 30 % it is another number by chance ${leavesByChance})`,
        await calls(leaving.of),
        ({ far, failed }) => far >= leaving.least && far <= leaving.most && failed === 0,
      );
    const areOut = async (number: number) =>
      cluster.eventually(
        `the proxy of the caller has ${number === 1 ? 'one pod' : 'two pods'} out`,
        ['exec', 'deployment/frontend', ...statsCommand(ejections)],
        (text) => {
          const stats = readProxyStats(text);
          return ['active', 'enforced_consecutive_5xx'].every(
            (name) => stats(`outlier_detection.ejections_${name}`) === number,
          );
        },
      );

    await lesson.step('Before: without a rule both zones are called', async () => {
      await untilProxyKnows(cluster, namespace, 'deployment/frontend', 'backend', 4);
      await bothAreCalled();
    });

    await lesson.step('The rule: three errors in a row, and the pod is out', async () => {
      await cluster.change('20-outlier-detection.yaml');
    });

    await lesson.step('After: all calls stay in the own zone, although the rule names none', async () => {
      await allStay();
      await cluster.eventually(
        'the proxy of the caller has the other zone as its second choice',
        endpoints,
        (json) => {
          const pods = readEndpoints(json);
          return pods.length === 4 && pods.every(({ zone, priority }) => priority === (zone === 'zone-a' ? 0 : 1));
        },
        'istioctl',
        { tell: tellEndpoints },
      );
    });

    await lesson.step(
      'A pod of the zone is not ready: in Istio 1.31 part of the calls leaves, in 1.30 none',
      async () => {
        const version = await cluster.attempt('istioctl', 'version', '--output', 'json');
        const isTold = minorOfMesh(version.stdout) >= 31;
        await near1.fault('ready=false');
        await cluster.eventually(
          isTold ? 'the proxy knows the pod, and that it is not ready' : 'the proxy no longer knows the pod',
          endpoints,
          (json) => {
            const ofZone = readEndpoints(json).filter(({ zone }) => zone === 'zone-a');
            const ready = ofZone.filter(({ isReady }) => isReady).length;
            return ready === 1 && ofZone.length === (isTold ? 2 : 1);
          },
          'istioctl',
          { tell: tellEndpoints },
        );
        await burstIs('the pod is not called', (replies) => replies.every((reply) => podOf(reply) !== 'near-1'));
        if (isTold) await partLeaves();
        else
          await lesson.check(
            `of ${leaving.of} calls all stayed in the own zone`,
            await calls(leaving.of),
            ({ near, failed }) => near === leaving.of && failed === 0,
          );
        await near1.fault('none');
        await allStay();
      },
    );

    await lesson.step('The pods of the zone begin to fail, one after the other, while the caller calls', async () => {
      const load = await frontend.whileCalling([backend], async (calling) => {
        await calling.calls(10);
        await calling.mark('near-1 fails');
        await near1.fault('status=500');
        await areOut(1);
        await calling.mark('near-1 is out');
        await partLeaves();
        await calling.mark('near-2 fails');
        await near2.fault('status=500');
        await areOut(2);
        await calling.mark('near-2 is out');
        await calling.calls(20);
      });
      await lesson.show('Who answered, failures in red', timeline(moments(load.replies, podOf), load.milestones));
      const failedIn = (from: string, to?: string) =>
        between(load, from, to)
          .filter(({ status }) => status !== 200)
          .map(podOf);
      for (const [pod, next] of [
        ['near-1', 'near-2 fails'],
        ['near-2', undefined],
      ] as const)
        await lesson.check(
          `the failing pod ${pod} cost ${cost.least} to ${cost.most} failed calls, and no other pod failed`,
          failedIn(`${pod} fails`, next),
          (failed) => failed.length >= cost.least && failed.length <= cost.most && failed.every((each) => each === pod),
        );
      await lesson.check(
        'no call failed before, and none between a pod being out and the next one failing',
        {
          before: failedIn('', 'near-1 fails'),
          one: failedIn('near-1 is out', 'near-2 fails'),
          two: failedIn('near-2 is out'),
        },
        (failed) => [failed.before, failed.one, failed.two].every((each) => each.length === 0),
      );
    });

    await lesson.step('After: with no pod of the zone left, all calls go to the other one', async () => {
      await lesson.check(
        'of 100 calls all went to the other zone, and none failed',
        await calls(100),
        ({ far, failed }) => far === 100 && failed === 0,
      );
    });

    await lesson.step('Without the rule, and with all pods well, no zone is preferred again', async () => {
      await near1.fault('none');
      await near2.fault('none');
      await cluster.revert('20-outlier-detection.yaml');
      await burstIs('all four pods are called', (replies) => tally(replies, podOf).size === 4);
      await bothAreCalled();
    });

    await lesson.step('The Service asks for the same zone, without any rule of Istio', async () => {
      await cluster.change('30-same-zone.yaml');
      await allStay();
    });

    await lesson.step('And its pods are not ready, though they still answer: all calls leave', async () => {
      const load = await frontend.whileCalling([backend], async (calling) => {
        await near1.fault('ready=false');
        await near2.fault('ready=false');
        await burstIs('only pods of the other zone are called', (replies) => count(replies).far === replies.length);
        await calling.mark('only the other zone');
        await calling.calls(10);
      });
      const after = between(load, 'only the other zone');
      await lesson.check(
        'no call failed, from the first to the last',
        failures(load.replies),
        ({ calls: made, failed }) => made > 10 && failed === 0,
      );
      await lesson.check(
        'the calls that came last, ten or more, all went to the other zone',
        count(after),
        ({ near, far }) => far >= 10 && near === 0 && far === after.length,
      );
      await near1.fault('none');
      await near2.fault('none');
      await allStay();
    });

    await lesson.step('But pods that are ready and fail keep their calls, since nobody takes them out', async () => {
      await near1.fault('status=500');
      await near2.fault('status=500');
      await cluster.eventually('Kubernetes calls both of them ready', readyNear, (ready) => ready === 'True True');
      await lesson.check(
        'of 200 calls all stayed in the own zone, and all failed',
        await calls(200),
        ({ near, failed }) => near === 200 && failed === 200,
      );
    });
  },
);

function areServed(replies: readonly Reply[]): boolean {
  return replies.every(({ status }) => status === 200);
}

/** How many calls each zone got, by the names of its pods, and how many calls failed. */
function count(replies: readonly Reply[]): { readonly near: number; readonly far: number; readonly failed: number } {
  const inZone = (zone: string) => replies.filter((reply) => podOf(reply).startsWith(zone)).length;
  return { near: inZone('near'), far: inZone('far'), failed: failures(replies).failed };
}
