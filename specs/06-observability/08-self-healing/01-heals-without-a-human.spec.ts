import {
  answeringPod,
  between,
  chanceOutside,
  clustersCommand,
  endpointsCommand,
  exercise,
  failures,
  moments,
  onceIn,
  queryArguments,
  readClusterLimits,
  readEndpoints,
  readSamples,
  tellEndpoints,
  tellLimits,
  timeline,
} from '../../../helpers/index.ts';

const namespace = 'm6-e8-ejection';
const url = 'http://backend/';
/** Calls while one of two pods fails, and how many failures are near enough to a half. */
const [calls, least, most] = [300, 90, 210];
const luck = onceIn(chanceOutside(calls, 0.5, least, most));
/** Calls that are to be served one after another once the pod is out. */
const served = 150;
const counted = `istio_requests_total{reporter="source",source_workload="shop",source_workload_namespace="${namespace}"}`;
const failed = counted.replace('}', ',response_code=~"5.."}');
/** The share of failed calls in the last ten seconds, as a graph has it; nothing where no call was counted. */
const graph = queryArguments(`(sum(rate(${failed}[10s])) or vector(0)) / sum(rate(${counted}[10s]))`);
const shareIn = (answer: string) => readSamples({ stdout: answer })[0]?.value ?? Number.NaN;

exercise(
  'DestinationRule lets a proxy eject a sick pod, unattended',
  {
    persona: 'Lisa Andersson',
    question: 'What repairs itself at 3 a.m.?',
    proof: `A shop calls a Service of two pods all the time. One pod begins to answer 500. Without a rule 30 to 70 per cent of the next ${calls} calls fail (a half misses that by chance ${luck}), the graph shows such a share, and Kubernetes sees two pods that are Ready and were never restarted. The pod is healed, a rule with outlier detection comes, and the same pod fails in the same way. Now three to eight calls fail, then ${served} in a row are served, while nothing is typed but readings. The proxy of the shop has that pod out and the other one in, and the graph shows less than one per cent. Seconds and failed calls are reported.`,
    takeaway:
      'Ejection needs no person: the proxy of each caller takes a failing pod out after a few failures, and that is what it costs.',
    needs: ['sidecar', 'prom'],
    proves: ['m6.e8.a1'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const shop = cluster.client('deployment/shop');
    const list = ['get', 'pods', '-l', 'app=backend', '-o'];
    const [sick = '', well = ''] = (await cluster.kubectl(...list, 'jsonpath={.items[*].metadata.name}')).stdout.split(
      ' ',
    );
    const { stdout: address } = await cluster.kubectl('get', 'pod', sick, '-o', 'jsonpath={.status.podIP}');
    const pod = cluster.client(`pod/${sick}`);
    const kubernetesIsContent = async () => {
      const path =
        '{range .items[*]}{.status.containerStatuses[0].ready} {.status.containerStatuses[0].restartCount}{"\\n"}{end}';
      await lesson.check(
        'Kubernetes has both pods as Ready, and has restarted neither',
        (await cluster.kubectl(...list, `jsonpath=${path}`)).stdout.trim(),
        (seen) => seen === 'true 0\ntrue 0',
      );
    };

    const load = await shop.whileCalling([url], async (calling) => {
      await lesson.step('Before: both pods answer', async () => {
        await shop.burstShows(
          'both pods answer, and no call fails',
          [url],
          (replies) =>
            replies.every(({ status }) => status === 200) &&
            new Set(replies.map(({ body }) => answeringPod(body))).size === 2,
        );
      });

      await lesson.step('One pod answers 500: about half of the calls fail, and it stays so', async () => {
        await pod.fault('status=500');
        await calling.mark('a pod fails');
        await calling.calls(calls);
        await cluster.eventually(
          'the graph shows that 30 to 70 % of the calls fail',
          graph,
          (answer) => shareIn(answer) >= 0.3 && shareIn(answer) <= 0.7,
        );
        await kubernetesIsContent();
        await calling.mark('healed');
        await pod.fault('none');
      });

      await lesson.step('A rule with outlier detection comes', async () => {
        await cluster.change('20-outlier-detection.yaml');
        await cluster.eventually(
          "the shop's proxy ejects after three failures in a row, and any share of the pods",
          clustersCommand('deployment/shop', 'backend', namespace),
          (dump) =>
            readClusterLimits(dump).some(
              ({ outlierDetection: rule }) => rule?.consecutive5xx === 3 && rule.maxEjectionPercent === 100,
            ),
          'istioctl',
          { tell: tellLimits },
        );
        await calling.mark('rule');
        await calling.inARow(20, 'are served', ({ status }) => status === 200);
      });

      await lesson.step('After: the same pod fails in the same way, and is out after a few calls', async () => {
        await pod.fault('status=500');
        await calling.mark('it fails again');
        await calling.inARow(served, 'are served', ({ status }) => status === 200);
        await cluster.eventually(
          'the proxy of the shop has that pod out, and the other one in',
          endpointsCommand('deployment/shop', 'backend', namespace),
          (dump) => {
            const endpoints = readEndpoints(dump);
            const out = endpoints.filter(({ isEjected }) => isEjected).map((endpoint) => endpoint.address);
            return endpoints.length === 2 && out.join() === address;
          },
          'istioctl',
          { tell: tellEndpoints },
        );
        await cluster.eventually('the graph shows less than 1 %', graph, (answer) => shareIn(answer) < 0.01);
        await kubernetesIsContent();
        await calling.mark('end');
      });
    });

    await lesson.step('What it cost', async () => {
      await lesson.show(
        'Who answered, failures in red',
        timeline(
          moments(load.replies, ({ body, status }) => answeringPod(body) ?? `HTTP ${status}`),
          load.milestones,
        ),
      );
      const before = between(load, 'a pod fails', 'healed').slice(0, calls);
      await lesson.check(
        `without the rule ${least} to ${most} of ${calls} calls failed (a half misses that by chance ${luck})`,
        failures(before),
        (seen) => seen.calls === calls && seen.failed >= least && seen.failed <= most,
      );
      // The pod fails a moment before the mark.
      const after = between(load, 'rule', 'end');
      const last = after.findLastIndex(({ status }) => status !== 200);
      const cost = failures(after.slice(0, last + 1));
      await lesson.check(
        `with it three to eight failed, and then ${served} and more were served, by the other pod`,
        {
          failed: cost.failed,
          servedAfterwards: after.length - last - 1,
          by: [...new Set(after.slice(last + 1).map(({ body }) => answeringPod(body)))],
        },
        (seen) => seen.failed >= 3 && seen.failed <= 8 && seen.servedAfterwards >= served && seen.by.join() === well,
      );
      const first = after.find(({ status }) => status !== 200)?.at ?? Number.NaN;
      const end = after[last]?.at ?? Number.NaN;
      await lesson.measure(
        'm6.e8.a1',
        'from the first failed call to the last one, with outlier detection',
        end - first,
        'seconds',
      );
      await lesson.measure('m6.e8.a1', 'calls that failed', cost.failed, 'calls');
    });
  },
);
