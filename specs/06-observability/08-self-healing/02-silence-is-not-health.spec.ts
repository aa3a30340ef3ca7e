import {
  answeredByVersion,
  between,
  carefulJudge,
  carelessJudge,
  chanceOutside,
  exercise,
  failures,
  type Judge,
  linesOfCall,
  moments,
  noHealthyUpstream,
  onceIn,
  queryArguments,
  readSamples,
  routesCommand,
  routesTo,
  tellSharesByRoute,
  timeline,
  type Verdict,
  versionOf,
  weightAfter,
  weights,
} from '../../../helpers/index.ts';

const namespace = 'm6-e8-silence';
const url = 'http://backend/';
/** A loop looks once after so many calls, of which some twenty are made in a second. */
const [careless, careful] = [120, 240];
/** Seconds that a rate is taken over at the least. */
const window = 10;
/** Of so many calls at a weight of 50, how many fail at least. */
const least = 0.3 * careless;
const luck = onceIn(chanceOutside(careless, 0.5, least, careless));
/** Of half of the calls at a weight of 10, which Prometheus has at the least when the loop looks, one fails at most. */
const missed = onceIn(chanceOutside(careful / 2, 0.1, 2, careful / 2));

const shareOf = (labels: string) => (seconds: number) => {
  const counted = `istio_requests_total{${labels}}`;
  const failed = `istio_requests_total{${labels},response_code=~"5.."}`;
  return `(sum(rate(${failed}[${seconds}s])) or vector(0)) / sum(rate(${counted}[${seconds}s]))`;
};
/** The share of failed calls: nothing where no call was counted, 0 where none of them failed. */
const queries = {
  asTheNewVersionSees: shareOf(
    `reporter="destination",destination_workload="backend-v2",destination_workload_namespace="${namespace}"`,
  ),
  asTheCallerSees: shareOf(`reporter="source",source_workload="shop",source_workload_namespace="${namespace}"`),
};
const shareIn = (answer: string) => readSamples({ stdout: answer })[0]?.value;
const inWords = (failed: number | undefined) => (failed === undefined ? 'no data' : `${(failed * 100).toFixed(1)} %`);

/** One look of the loop. */
interface Look {
  readonly weight: number;
  readonly failed: number | undefined;
  readonly verdict: Verdict;
}

exercise(
  'A loop that reads the wrong reporter promotes a version that never answered',
  {
    persona: 'Lisa Andersson',
    question: 'What may not repair itself at 3 a.m.?',
    proof: `A loop gives version 2 a weight of 10, 50 and 100, and looks once at the metrics in each step. With a healthy version 2 the careless query, errors as version 2 reports them, has data and finds no error. Then version 2 is replaced by a build that never becomes Ready. The careless loop finds no data at each look, takes that for health and promotes it. At a weight of 50 at least 30 per cent of ${careless} calls are answered with 503 (fewer by chance ${luck}), at 100 each call of the load is, and the log of the caller's proxy says UH, no healthy upstream. The same build under the careful loop, which reads errors as the caller's proxy reports them: at its first look it takes the version back (it would miss the failures by chance ${missed}), and the same judge holds when it is given the query without data.`,
    takeaway:
      'A judge must read what callers see, and must not take silence for health: a version that is never called has no errors.',
    needs: ['sidecar', 'prom'],
    proves: ['m6.e8.a3', 'm6.e8.a4'],
    errata: ['E604'],
    readMore: 'https://istio.io/latest/docs/reference/config/metrics/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const shop = cluster.client('deployment/shop');
    const call = shop.curl(url);
    /** When the latest step of a loop began, in milliseconds. */
    let begun = 0;
    /** Reads the calls of a step: a busy machine makes few in ten seconds, and chance would decide what it sees of them. */
    const read = async (query: keyof typeof queries) => {
      const seconds = Math.max(window, Math.ceil((performance.now() - begun) / 1000));
      return shareIn((await cluster.kubectl(...queryArguments(queries[query](seconds)))).stdout);
    };
    const give = async (weight: number) => {
      const patch = [100 - weight, weight].map((value, index) => ({
        op: 'replace',
        path: `/spec/http/0/route/${index}/weight`,
        value,
      }));
      await cluster.kubectl('patch', 'virtualservice', 'backend', '--type=json', '-p', JSON.stringify(patch));
      await cluster.eventually(
        `the proxy of the shop sends ${weight} % to version 2`,
        routesCommand('deployment/shop', namespace),
        (dump) => {
          const routes = routesTo(dump, `backend.${namespace}`);
          return routes.length === 1 && routes.every(({ shares }) => (shares['v2'] ?? 0) === weight);
        },
        'istioctl',
        { tell: (dump) => tellSharesByRoute(dump, `backend.${namespace}`) },
      );
    };
    /** The loop: weight, calls, look, verdict; it ends with the way back, with all calls, or where it holds. */
    const release = async (
      judge: Judge,
      query: keyof typeof queries,
      step: (weight: number) => Promise<void>,
    ): Promise<Look[]> => {
      const looks: Look[] = [];
      for (let weight: number = weights[0], before = 0; weight !== before;) {
        await give(weight);
        begun = performance.now();
        await step(weight);
        const failed = await read(query);
        const verdict = judge(failed);
        looks.push({ weight, failed, verdict });
        [before, weight] = [weight, weightAfter(weight, verdict)];
        if (weight !== 0) continue;
        await give(0);
        break;
      }
      return looks;
    };
    const tell = (title: string, looks: readonly Look[]) =>
      lesson.table(
        title,
        ['weight of version 2', 'failed calls that the judge read', 'verdict'],
        looks.map(({ weight, failed, verdict }) => [`${weight} %`, inWords(failed), verdict]),
      );

    let looks: Look[] = [];
    await lesson.step('Before: version 1 answers', async () => {
      await call.settlesOn(answeredByVersion('v1'));
    });
    const first = await shop.whileCalling([url], async (calling) => {
      await lesson.step('Version 2 is healthy, and the careless query finds calls and no error', async () => {
        await give(10);
        await cluster.eventually(
          'it reads a share of failed calls, which is 0',
          queryArguments(queries.asTheNewVersionSees(window)),
          (answer) => shareIn(answer) === 0,
        );
        await calling.calls(100);
        await give(0);
      });

      await lesson.step('Version 2 is replaced by a build that never becomes Ready', async () => {
        await calling.mark('second build');
        await cluster.change('20-v2-build-2.yaml');
        await cluster.eventually(
          'the calls of the healthy build have left the window',
          queryArguments(queries.asTheNewVersionSees(window)),
          (answer) => shareIn(answer) === undefined,
        );
      });

      await lesson.step('After: the careless loop finds no data, and promotes it to all calls', async () => {
        looks = await release(carelessJudge, 'asTheNewVersionSees', async (weight) => {
          await calling.mark(`careless: ${weight} %`);
          await calling.calls(careless);
        });
        tell('The careless loop', looks);
        await lesson.check(
          'it read nothing at each look, and gave the version more each time',
          looks.map(({ weight, failed, verdict }) => ({ weight, failed: inWords(failed), verdict })),
          (seen) =>
            seen.length === weights.length &&
            seen.every(
              ({ weight, failed, verdict }, index) =>
                weight === weights[index] && failed === 'no data' && verdict === 'on',
            ),
        );
        await call.settlesOn(noHealthyUpstream);
        await shop.curl(`${url}?call=promoted`).settlesOn(noHealthyUpstream, { inARow: 1 });
        await cluster.eventually(
          "the log of the shop's proxy has the flag UH for such a call",
          ['logs', 'deployment/shop', '--container', 'istio-proxy', '--tail=-1'],
          (log) =>
            linesOfCall(log, 'call=promoted').some(
              ({ status, flags, details }) => status === 503 && flags === 'UH' && details === 'no_healthy_upstream',
            ),
        );
        const state = '{.items[*].status.phase} {.items[*].status.containerStatuses[?(@.name=="server")].ready}';
        await lesson.check(
          'the one pod of version 2 runs, and is not Ready',
          (await cluster.kubectl('get', 'pods', '-l', 'version=v2', '-o', `jsonpath=${state}`)).stdout,
          (seen) => seen === 'Running false',
        );
        await calling.mark('taken back by hand');
        await give(0);
      });
    });

    await lesson.step('What users saw of it', async () => {
      await lesson.show(
        'Who answered under the careless loop, failures in red',
        timeline(moments(first.replies, versionOf), first.milestones),
      );
      const at50 = between(first, 'careless: 50 %', 'careless: 100 %').slice(0, careless);
      await lesson.check(
        `at a weight of 50 at least ${least} of ${careless} calls failed (fewer by chance ${luck})`,
        failures(at50),
        (seen) => seen.calls === careless && seen.failed >= least && seen.failed < careless,
      );
      await lesson.check(
        'at a weight of 100 each call failed',
        failures(between(first, 'careless: 100 %', 'taken back by hand')),
        (seen) => seen.calls >= careless && seen.failed === seen.calls,
      );
      await lesson.check(
        'and none before the second build',
        failures(between(first, '', 'second build')),
        (seen) => seen.calls >= 100 && seen.failed === 0,
      );
    });

    let withoutData: Verdict | undefined;
    const second = await shop.whileCalling([url], async (calling) => {
      await lesson.step('The way back is complete: the caller sees calls, and no error', async () => {
        await call.settlesOn(answeredByVersion('v1'));
        await cluster.eventually(
          'the failures have left the window',
          queryArguments(queries.asTheCallerSees(window)),
          (answer) => shareIn(answer) === 0,
        );
      });

      await lesson.step('The careful loop takes the same build back at its first look', async () => {
        looks = await release(carefulJudge, 'asTheCallerSees', async (weight) => {
          await calling.mark(`careful: ${weight} %`);
          await calling.calls(careful);
          withoutData = carefulJudge(await read('asTheNewVersionSees'));
        });
        tell('The careful loop', looks);
        await lesson.check(
          'there was one look, at a weight of 10, and it found failures',
          looks,
          (seen) =>
            seen.length === 1 &&
            seen.every(({ weight, failed = 0, verdict }) => weight === 10 && failed > 0.01 && verdict === 'back'),
        );
        await lesson.check(
          'at the same moment the same judge, given the query without data, would hold',
          withoutData ?? '',
          (verdict) => verdict === 'hold',
        );
        await calling.mark('taken back');
        await calling.calls(50);
      });
    });

    await lesson.step('What users saw of that', async () => {
      await lesson.show(
        'Who answered under the careful loop, failures in red',
        timeline(moments(second.replies, versionOf), second.milestones),
      );
      const cost = failures(between(second, 'careful: 10 %', 'taken back'));
      await lesson.check('after the way back no call failed', failures(between(second, 'taken back')), (seen) => {
        return seen.calls >= 50 && seen.failed === 0;
      });
      await lesson.measure('m6.e8.a4', `calls that failed of ${cost.calls} until the way back`, cost.failed, 'calls');
    });
  },
);
