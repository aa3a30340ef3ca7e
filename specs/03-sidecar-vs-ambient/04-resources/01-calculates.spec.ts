import {
  ambientRequests,
  breakEvenPodsPerNode,
  breakEvenWaypointPods,
  count,
  customerSizes,
  dataPlaneVectors,
  exercise,
  percent,
  publishedWork,
  reductionPercent,
  sidecarRequests,
  workOfWays,
} from '../../../helpers/index.ts';

const { RapidScale, Meridian } = customerSizes;
const threeNodes = 3;
const memory = (what: { readonly mebibytes: number }) => what.mebibytes;
/** What the vendor's title promises, in per cent. */
const promised = 90;

exercise(
  'Which one asks for less depends on pods a node and on waypoints, and which works less on the way of a call',
  {
    persona: 'Marcus Chen',
    question:
      'Which of the two is cheaper for me? One says that ambient is always the lighter one, and another says by ninety per cent.',
    proof:
      'What sidecars and ambient ask for is added up for three customers from the requests that Istio has by default, with one pod for each waypoint or two, and each sum stands beside the one that was worked out by hand. Then each side is looked for where it loses. With fewer than three pods a node ambient asks for more processor, and with fewer than five for more memory; fourteen pods on three nodes are dearer in memory, and fifteen are cheaper. Pods of waypoints take back what nodes have saved: at RapidScale all of the memory is gone with ninety-two of them, and at Meridian two for each of nine hundred services do not suffice. At last the work of a call, by the processor that Istio publishes for each sort of proxy: at layer 4 it is 70 to 85 per cent less than with two sidecars, and with a waypoint 7.5 to 22.5 per cent. No row of that reaches the promise.',
    takeaway:
      'Sidecars ask by pods, ambient by nodes and waypoints. What is asked for is no work: count your pods a node and your waypoints before you name a percentage.',
    needs: ['calc'],
    proves: ['m3.e4.a1', 'm3.e4.a4', 'm3.e4.a5'],
    errata: ['E003', 'E311'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson }) => {
    /** Sees that the sums of a rule are those that were worked out by hand. */
    const agrees = async (rule: string) => {
      const examples = dataPlaneVectors.filter(([name]) => name === rule);
      await lesson.check(
        `${rule} agrees with ${examples.length} results`,
        examples.map(([, what, given, byHand]) => ({ what, given, byHand })),
        (all) => all.length > 0 && all.every(({ given, byHand }) => given === byHand),
      );
    };

    await lesson.step('What each of them asks for, at three customers', async () => {
      await agrees('R.13');
      lesson.table(
        'Requested by default, with two pods for each waypoint',
        ['customer', 'pods', 'nodes', 'waypoints', 'sidecars', 'ambient', 'processor less', 'memory less'],
        Object.entries(customerSizes).map(([name, { pods, nodes, waypoints }]) => {
          const [sidecar, ambient] = [sidecarRequests(pods), ambientRequests(nodes, waypoints, 2)];
          return [
            name,
            count(pods),
            count(nodes),
            count(waypoints),
            `${count(sidecar.milliCpu)}m, ${count(sidecar.mebibytes)} MiB`,
            `${count(ambient.milliCpu)}m, ${count(ambient.mebibytes)} MiB`,
            percent(reductionPercent(sidecar.milliCpu, ambient.milliCpu)),
            percent(reductionPercent(sidecar.mebibytes, ambient.mebibytes)),
          ];
        }),
      );
    });

    await lesson.step('Ambient is not always the lighter one: with few pods a node it asks for more', async () => {
      await agrees('R.11');
      await lesson.check(
        'it takes 3 pods a node for the processor, and 5 for the memory',
        breakEvenPodsPerNode(),
        (pods) => pods.cpu === 3 && pods.memory === 5,
      );
      await lesson.check(
        'with 14 pods on 3 nodes ambient asks for more memory, and with 15 for less',
        {
          sidecars14: memory(sidecarRequests(14)),
          sidecars15: memory(sidecarRequests(15)),
          ambient: memory(ambientRequests(threeNodes, 0)),
        },
        ({ sidecars14, sidecars15, ambient }) => sidecars14 < ambient && ambient < sidecars15,
      );
    });

    await lesson.step('Each pod of a waypoint takes some of it back, until nothing is left', async () => {
      await agrees('R.14');
      const wanted = { RapidScale: 2 * 60, Meridian: 2 * 900 };
      const left = {
        RapidScale: breakEvenWaypointPods(RapidScale.pods, RapidScale.nodes),
        Meridian: breakEvenWaypointPods(Meridian.pods, Meridian.nodes),
      };
      await lesson.check(
        'two for each of 60 services are too many at RapidScale, and two for each of 900 are not at Meridian',
        { wanted, left },
        () =>
          wanted.RapidScale > left.RapidScale.cpu &&
          wanted.RapidScale > left.RapidScale.memory &&
          wanted.Meridian < left.Meridian.cpu &&
          wanted.Meridian < left.Meridian.memory,
      );
    });

    await lesson.step('And what is asked for is no work: what a call takes, by published figures', async () => {
      await agrees('R.15');
      const { sidecars, layer4, withWaypoint } = workOfWays(publishedWork);
      const less = (work: number) => reductionPercent(sidecars.most, work);
      lesson.table(
        "Cores at 1,000 calls a second, by Istio's own load test of 1.24; not measured here",
        ['way of the call', 'from', 'to', 'less than two sidecars'],
        [
          ['two sidecars', sidecars.least.toFixed(2), sidecars.most.toFixed(2), ''],
          [
            'layer 4: ztunnel of one node, or of two',
            layer4.least.toFixed(2),
            layer4.most.toFixed(2),
            `${percent(less(layer4.most))} to ${percent(less(layer4.least))}`,
          ],
          [
            'the same with a waypoint',
            withWaypoint.least.toFixed(2),
            withWaypoint.most.toFixed(2),
            `${percent(less(withWaypoint.most))} to ${percent(less(withWaypoint.least))}`,
          ],
        ],
      );
      await lesson.check(
        `no way of a call is ${promised} % less work`,
        [layer4, withWaypoint].flatMap(({ least, most }) => [less(least), less(most)]),
        (all) => all.every((each) => each < promised),
      );
    });
  },
);
