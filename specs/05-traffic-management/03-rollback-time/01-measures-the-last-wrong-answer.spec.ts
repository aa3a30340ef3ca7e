import {
  answered,
  answeredByVersion,
  answeringVersion,
  between,
  byStatusAndVersion,
  chanceOutside,
  type Client,
  exercise,
  failsWith,
  failures,
  isShared,
  type Load,
  moments,
  onceIn,
  percentile,
  type Reply,
  seeRoutes,
  spread,
  tellShares,
  timeline,
  versionOf,
} from '../../../helpers/index.ts';

const namespace = 'm5-e3-rollback';
const folder = 'fixtures/05-traffic-management/03-rollback-time/01-measures-the-last-wrong-answer';
const rounds = Array.from({ length: 10 }, (_, index) => index + 1);
/** Answers of version 1 in a row after which a rollback counts as over; a later one of version 3 is counted all the same. */
const quiet = 15;
const half = { calls: 600, least: 245, most: 355 };
const callers = ['customer', 'mobile'] as const;
/** Seconds that a rollback may take, in the middle and at the most; loose, since a busy machine is slow. */
const bounds = { median: 5, most: 15 };
/** Rollbacks in which calls must fail after the command, and calls that both callers make in each of them until it is in force; there are more. */
const [lateRounds, lateCalls] = [8, 8];
/** The seconds that the course text promises. */
const promised = 30;
/** A call that is under way for so long that rules change meanwhile. */
const slowSeconds = 12;

exercise(
  'VirtualService is taken back in a time that can be measured, and each shift costs calls',
  {
    persona: 'Marcus Chen',
    question: 'Version 3 is bad and we take it back. How long is it until the last customer is safe?',
    proof: `Two callers, each with a proxy of its own, call all the time, each call on a new connection. Ten times half of the calls are led to a version that fails, until both callers have met it, and then to nobody. The clock is that of the callers: it starts before kubectl apply and stops with the end of the last call that met version 3, of whichever caller is later, so the time of the command is in it and so is the slowest proxy. In each of the ten shifts, there and back, both callers lose calls, and in ${lateRounds} of them or more calls go on to fail after the command. Then one call of ${slowSeconds} seconds is begun; version 3 has counted it when the rule is taken away. Calls that begin later are answered by version 1 while it is still under way, and it ends with the error of version 3. The time until somebody notices is in none of these figures.`,
    takeaway:
      'Measure from the command to the last wrong answer: it is a time and not zero, calls under way are not called back, and somebody has to notice first.',
    needs: ['k8s', 'sidecar'],
    proves: ['m5.e3.a1', 'm5.e3.a2'],
    errata: ['E237', 'E509'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/traffic-management/traffic-routing/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const mobile = cluster.client('deployment/mobile');
    const tester = customer.curl('-H', 'canary: true', 'http://backend/');
    const apply = async (file: string) => cluster.kubectl('apply', '-f', `${folder}/${file}`);
    const everyoneMeetsV1 = async () => {
      for (const [name, caller] of [
        ['customer', customer],
        ['mobile', mobile],
      ] as const)
        await caller.burstShows(
          `version 1 answers all of 40 calls of the caller ${name}`,
          ['http://backend/'],
          (replies) => replies.every((reply) => versionOf(reply) === 'v1'),
        );
    };

    await lesson.step('Before: without a rule version 3 answers half of the calls, and fails them', async () => {
      await customer.burstShows('both versions answer', ['http://backend/'], (replies) =>
        ['v1', 'v3'].every((version) => replies.some((reply) => versionOf(reply) === version)),
      );
      await lesson.check(
        `40 calls met both versions, and each that version 3 answered failed (by chance one is missed ${onceIn(0.5 ** 39)})`,
        byStatusAndVersion(await customer.newConnections(40, 'http://backend/')),
        (seen) => Object.keys(seen).toSorted().join() === '200 v1,500 v3',
      );
    });

    await lesson.step('A rule leads everyone to version 1', async () => {
      await cluster.change('20-nobody.yaml');
      await everyoneMeetsV1();
    });

    await lesson.step('Another leads half of the calls to version 3', async () => {
      await cluster.change('30-half.yaml');
      const backend = { caller: 'deployment/customer', service: `backend.${namespace}` };
      const wanted = [tellShares({ v1: 50, v3: 50 })];
      await seeRoutes(cluster, backend, 'the proxy of the caller holds 50 and 50', wanted);
      await lesson.check(
        `version 3 failed ${half.least} to ${half.most} of ${half.calls} calls (a half misses that by chance ${onceIn(chanceOutside(half.calls, 0.5, half.least, half.most))})`,
        byStatusAndVersion(await customer.oneConnection(half.calls, 'http://backend/')),
        isShared('500 v3', '200 v1', half),
      );
    });

    await lesson.step('Ten times: half of the calls for version 3, and back', async () => {
      const loads = await bothCalling([customer, mobile], async (running) => {
        const mark = async (label: string) => Promise.all(running.map((load) => load.mark(label)));
        for (const round of rounds) {
          await mark(`half ${round}`);
          await apply('30-half.yaml');
          await Promise.all(running.map((load) => load.until('meets version 3', isBad)));
          await mark(`back ${round}`);
          await apply('20-nobody.yaml');
          await Promise.all(running.map((load) => load.inARow(quiet, 'meet version 1', isGood)));
        }
      });
      const results = rounds.map((round) => resultOf(round, loads));
      const seconds = results.map(({ slowest }) => slowest);
      await lesson.show(
        'Who answered the first caller, failed calls in red',
        timeline(
          moments(loads[0].replies, versionOf),
          loads[0].milestones.filter(({ label }) => label.startsWith('back')),
        ),
      );
      await lesson.show(
        'Seconds from the command to the last wrong answer',
        spread(
          'seconds',
          seconds,
          new Map([
            ['median', percentile(seconds, 50)],
            ['maximum', Math.max(...seconds)],
          ]),
        ),
      );
      lesson.table(
        'Ten rollbacks: seconds from the command to the last wrong answer, detection not included',
        ['rollback', ...callers, 'failed calls', 'of them after the command'],
        [
          ...results.map(({ round, ofCaller, failed, late }) => [
            `${round}`,
            ...ofCaller.map((each) => each.toFixed(1)),
            `${failed}`,
            `${late}`,
          ]),
          ['median', percentile(seconds, 50).toFixed(1), '', '', ''],
          ['maximum', Math.max(...seconds).toFixed(1), '', '', ''],
          ['the course text', `${promised}`, '', '0', '0'],
        ],
      );
      const what = 'from the command that takes a version back to its last answer, detection not included';
      await lesson.measure('m5.e3.a1', `${what}, median of ten`, percentile(seconds, 50), 'seconds');
      await lesson.measure('m5.e3.a1', `${what}, maximum of ten`, Math.max(...seconds), 'seconds');
      await lesson.check(
        `the median of ten rollbacks is at most ${bounds.median} seconds and the maximum at most ${bounds.most}`,
        { median: percentile(seconds, 50), maximum: Math.max(...seconds) },
        ({ median, maximum }) => seconds.length === 10 && median <= bounds.median && maximum <= bounds.most,
      );
      await lesson.check(
        'in each of the ten shifts calls failed, for both callers, and all of them at version 3',
        results.map(({ failedOf, kinds }) => ({ failedOf, kinds })),
        (all) =>
          all.every(
            ({ failedOf, kinds }) =>
              failedOf.every((count) => count > 0) && kinds.every((kind) => ['200 v1', '500 v3'].includes(kind)),
          ),
      );
      await lesson.check(
        `in ${lateRounds} of the ten or more, calls went on to fail after the command to take version 3 back was given (fewer by chance ${onceIn(chanceOutside(10, 0.5 ** lateCalls, 0, 10 - lateRounds))}, if half of ${lateCalls} calls are led to it until the proxies know better)`,
        results.map(({ late }) => late),
        (counts) => counts.filter((count) => count > 0).length >= lateRounds,
      );
    });

    await lesson.step('A call that is under way is not called back', async () => {
      await cluster.change('40-testers.yaml');
      await tester.settlesOn(failsWith(500, '"version":"v3"'));
      await customer.curl('http://backend/').settlesOn(answeredByVersion('v1'));
      const url = `http://backend/?key=slow&delay=${slowSeconds}s`;
      const slow = ['sh', '-c', `echo begun; curl -s -i -H 'canary: true' '${url}'; echo; echo ended`];
      let [command, underWay] = [0, false];
      const { stdout } = await customer.whileRunning(slow, async (printed) => {
        await customer
          .curl('-H', 'canary: true', 'http://backend/hits?key=slow')
          .settlesOn(answered(200, '"key":"slow","hits":1'), { inARow: 1 });
        command = performance.now();
        await cluster.change('20-nobody.yaml');
        await tester.settlesOn(answeredByVersion('v1'));
        underWay = !printed().includes('HTTP/1.1');
      });
      await lesson.measure(
        'm5.e3.a2',
        'from the command that takes version 3 back to the end of a call that it had begun',
        (performance.now() - command) / 1000,
        'seconds',
      );
      await lesson.check(
        'it was still under way when version 1 answered a call with the same header, and ended with the error of version 3',
        { underWay, answer: stdout.replaceAll('\r', '') },
        (seen) =>
          seen.underWay &&
          /^HTTP\/1\.1 500 /m.test(seen.answer) &&
          answeringVersion(seen.answer) === 'v3' &&
          seen.answer.includes('"key":"slow"') &&
          seen.answer.trimEnd().endsWith('ended'),
      );
      await everyoneMeetsV1();
    });
  },
);

/** A load while it runs. */
type Running = Parameters<Parameters<Client['whileCalling']>[1]>[0];

/** Both call all the time while something else is done. */
async function bothCalling(
  [first, second]: readonly [Client, Client],
  during: (running: readonly [Running, Running]) => Promise<void>,
): Promise<[Load, Load]> {
  const inner: Load[] = [];
  const outer = await first.whileCalling(['http://backend/'], async (one) => {
    inner.push(await second.whileCalling(['http://backend/'], async (other) => during([one, other])));
  });
  return [outer, ...(inner as [Load])];
}

/** What came of one shift to version 3 and back. */
function resultOf(round: number, loads: readonly Load[]) {
  const whole = loads.map((load) => between(load, `half ${round}`, next(round)));
  const after = loads.map((load) => between(load, `back ${round}`, next(round)));
  const ofCaller = loads.map((load, index) => {
    const start = load.milestones.find(({ label }) => label === `back ${round}`)?.seconds ?? 0;
    const last = after[index]?.findLast(isBad);
    return last === undefined ? 0 : last.at + last.seconds - start;
  });
  const failedOf = whole.map((replies) => failures(replies).failed);
  return {
    round,
    ofCaller,
    slowest: Math.max(...ofCaller),
    failedOf,
    failed: failedOf.reduce((sum, count) => sum + count, 0),
    // The first call of each has begun before the command: the mark lets it go by.
    late: after.reduce((sum, replies) => sum + failures(replies.slice(1)).failed, 0),
    kinds: [...new Set(whole.flatMap((replies) => Object.keys(byStatusAndVersion(replies))))],
  };
}

function next(round: number): string | undefined {
  return round === rounds.length ? undefined : `half ${round + 1}`;
}

function isBad(reply: Reply): boolean {
  return versionOf(reply) === 'v3';
}

function isGood(reply: Reply): boolean {
  return versionOf(reply) === 'v1';
}
