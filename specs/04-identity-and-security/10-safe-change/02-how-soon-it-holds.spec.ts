import {
  answered,
  between,
  exercise,
  forbidden,
  percentile,
  proxyAdminCommand,
  rbacCountersCommand,
  rbacCountersOf,
  readRbacCounters,
  type TimedReply,
} from '../../../helpers/index.ts';

const namespace = 'm4-e10-soon';
const host = `backend.${namespace}`;
const backend = `http://${host}/`;
const policy = 'fixtures/04-identity-and-security/10-safe-change/02-how-soon-it-holds/20-nobody.yaml';
const rounds = 20;
/** How long a proxy of this lesson lets open connections live after its rules were replaced, and some room. */
const drain = { seconds: 20, room: 3 };
const session = (kind: 'tcp' | 'upgrade') => ['node', '/lesson/session.mjs', kind, host];
/** The same with one number only, so that it ends by itself. */
const oneNumber = (kind: 'tcp' | 'upgrade') => [...session(kind), 'once'];
/** A session over TCP without a proxy: it prints the seconds that come back, and at last when it was closed. */
const plainSession = ['sh', '-c', `while date +%s; do sleep 1; done | nc ${host} 9000; date +%s`];
const draining = ['exec', 'deployment/backend', ...proxyAdminCommand('stats?filter=total_filter_chains_draining')];
const chainsDraining = (stats: string) => Number(/total_filter_chains_draining: (\d+)/.exec(stats)?.[1] ?? Number.NaN);

exercise(
  'AuthorizationPolicy reaches new calls at once and open sessions late',
  {
    persona: 'Sarah Martinez',
    question:
      'Somebody must be locked out now. From which moment is he out, and what of the sessions that he has open already?',
    proof:
      'A caller without a proxy makes about twenty calls a second, each on a connection of its own, while the same policy is applied and deleted twenty times. So each change is seen from outside, with the time from the end of the command to the first call that ends otherwise, and no call ever ends by the old rule after one that ended by the new. Then one connection is kept open across the change, while a second process is refused: what the open one still gets is an answer like the one before it, and not a late arrival of the policy. At last two sessions that never end by themselves are open when their account is denied; they go on after new ones of the same account were refused, and end together with the old rules of the proxy, which a gauge of it shows.',
    takeaway:
      'New calls obey within seconds; an open connection is answered once more, and an open session lives until the proxy has drained.',
    needs: ['k8s', 'sidecar'],
    proves: ['m4.e10.a9', 'm4.e10.a10', 'm4.e10.a11', 'm4.e10.a12'],
    errata: ['E411'],
    readMore: 'https://istio.io/latest/docs/concepts/security/#updating-authentication-policies',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const legacy = cluster.client('pod/legacy', `${namespace}-legacy`);
    const call = legacy.curl(backend);
    const otherPort = legacy.curl(`http://${host}:9001/`);
    const otherPath = legacy.curl(`${backend}other`);
    const elsewhere = legacy.curl(`http://frontend.${namespace}/`);
    const echoes = async (says: string) => {
      for (const kind of ['tcp', 'upgrade'] as const)
        await frontend.eventually(
          `a new ${kind === 'tcp' ? 'TCP session' : 'upgraded session'} ${says}`,
          oneNumber(kind),
          ({ stdout }) => / echo 1$/m.test(stdout),
        );
    };

    await lesson.step('Before: the caller is answered, and sessions send back what they get', async () => {
      await call.settlesOn(answered(200, 'backend-'));
      await otherPort.settlesOn(answered(426));
      await echoes('gets its number back');
    });

    await lesson.step('A policy denies the path that it calls', async () => {
      await cluster.change('20-nobody.yaml');
      await call.settlesOn(forbidden);
      await otherPort.settlesOn(answered(426));
      await otherPath.settlesOn(answered(200, 'backend-'));
      await elsewhere.settlesOn(answered(200, 'frontend-'));
      await cluster.revert('20-nobody.yaml');
      await call.settlesOn(answered(200, 'backend-'));
    });

    await lesson.step(`The same policy, applied and deleted ${rounds} times under load`, async () => {
      const numbers = Array.from({ length: rounds }, (_, index) => index + 1);
      const load = await legacy.whileCalling([backend], async (running) => {
        for (const number of numbers) {
          await running.mark(`applying ${number}`);
          await cluster.kubectl('apply', '-f', policy);
          await running.mark(`applied ${number}`);
          await running.until('is refused', ({ status }) => status === 403);
          await running.mark(`deleting ${number}`);
          await cluster.kubectl('delete', '-f', policy);
          await running.mark(`deleted ${number}`);
          await running.until('is answered', ({ status }) => status === 200);
        }
      });
      const at = (label: string) => load.milestones.find((each) => each.label === label)?.seconds ?? 0;
      const seconds = (changed: string, replies: readonly TimedReply[], status: number) =>
        Math.max(0, (replies.find((reply) => reply.status === status)?.at ?? Number.POSITIVE_INFINITY) - at(changed));
      const windows = numbers.map((number) => ({
        applied: between(load, `applying ${number}`, `deleting ${number}`),
        deleted: between(load, `deleting ${number}`, number === rounds ? undefined : `applying ${number + 1}`),
        number,
      }));
      const refused = windows.map(({ applied, number }) => seconds(`applied ${number}`, applied, 403));
      const allowed = windows.map(({ deleted, number }) => seconds(`deleted ${number}`, deleted, 200));
      for (const [what, times] of [
        ['from applying the policy to the first refused call', refused],
        ['from deleting the policy to the first answered call', allowed],
      ] as const) {
        await lesson.measure('m4.e10.a9', `${what}, median of ${rounds}`, percentile(times, 50), 'seconds');
        await lesson.measure('m4.e10.a9', `${what}, 95th percentile`, percentile(times, 95), 'seconds');
        await lesson.check(
          `${what}, 19 of ${rounds} changes need no more than five seconds`,
          { slowest: Math.max(...times), percentile95: percentile(times, 95) },
          ({ percentile95 }) => percentile95 <= 5,
        );
      }
      await lesson.check(
        'after the first call that ends by the new rule none ends by the old one, and no call ends otherwise',
        {
          calls: load.replies.length,
          changes: 2 * rounds,
          backAndForth: windows.flatMap(({ applied, deleted }) => [turns(applied), turns(deleted)]),
        },
        ({ backAndForth }) => backAndForth.every((each, index) => each === (index % 2 === 0 ? '200 403' : '403 200')),
      );
    });

    await lesson.step('A connection that is open is answered once more by the old rules', async () => {
      // Three calls by one process, ten seconds apart, on one connection as long as nobody closes it.
      const rate = ['curl', '-sS', '-N', '-i', '--rate', '6/m', '-w', String.raw`\n@connections %{num_connects}\n`];
      let answeredBefore = 0;
      const { stdout } = await legacy.whileRunning([...rate, `${backend}?session=[1-3]`], async (printed) => {
        await cluster.change('20-nobody.yaml');
        await call.settlesOn(forbidden);
        // What curl adds to an answer it prints when the next one comes.
        answeredBefore = [...printed().matchAll(/^HTTP\/1\.1 \d{3}/gm)].length;
      });
      const [first, second, third, ...others] = answersIn(stdout);
      await lesson.check(
        'other processes were refused when it had made one call',
        { answeredBefore },
        (seen) => seen.answeredBefore === 1,
      );
      await lesson.check(
        'its second call comes by the same connection and is answered, with the word that this was the last; its third needs a new one and is refused',
        { first, second, third },
        () =>
          others.length === 0 &&
          first?.status === 200 &&
          first.newConnections === 1 &&
          !first.closes &&
          second?.status === 200 &&
          second.newConnections === 0 &&
          second.closes &&
          third?.status === 403 &&
          third.newConnections === 1,
      );
    });

    await lesson.step('Sessions that are open live until the proxy has drained', async () => {
      await cluster.eventually(
        'the proxy of the backend has no old rules left',
        draining,
        (stats) => chainsDraining(stats) === 0,
        'kubectl',
        { settleMs: 1_000 * (drain.seconds + 2 * drain.room) },
      );
      let refusedAt = 0;
      let plain = '';
      let upgraded = '';
      const tcp = await frontend.whileRunning(session('tcp'), async () => {
        const { stdout } = await frontend.whileRunning(session('upgrade'), async () => {
          const beside = await legacy.whileRunning(plainSession, async () => {
            await cluster.change('30-no-frontend.yaml');
            await frontend.eventually(
              'a new TCP session of the frontend is closed, and nothing comes back',
              oneNumber('tcp'),
              ({ stdout: said }) => / closed$/m.test(said) && !said.includes('echo'),
            );
            const { stdout: handshake } = await frontend.eventually(
              'its handshake for an upgrade is refused: HTTP 403',
              oneNumber('upgrade'),
              ({ stdout: said }) => / HTTP 403$/m.test(said),
            );
            refusedAt = Number(/^\d+/.exec(handshake)?.[0]);
            const before = await rbacCountersOf(cluster, 'deployment/backend');
            await frontend.run(...oneNumber('tcp'));
            await cluster.eventually(
              'the proxy counts one more connection that it denied',
              ['exec', 'deployment/backend', ...rbacCountersCommand],
              (stats) => readRbacCounters(stats).tcpDenied === before.tcpDenied + 1,
            );
            await cluster.eventually(
              'the proxy keeps old rules for open connections',
              draining,
              (stats) => chainsDraining(stats) > 0,
            );
            await otherPort.settlesOn(answered(426));
          });
          plain = beside.stdout;
        });
        upgraded = stdout;
      });
      for (const [kind, said] of [
        ['TCP session', tcp.stdout],
        ['upgraded session', upgraded],
      ] as const) {
        const { echoesAfter, closedAfter } = livedOn(said, refusedAt);
        await lesson.measure(
          'm4.e10.a12',
          `${kind} that was open, from the first refusal of a new one to its end`,
          closedAfter,
          'seconds',
        );
        await lesson.check(
          `the ${kind} got numbers back after new ones were refused, and ended within ${drain.seconds} seconds and ${drain.room} of room`,
          { echoesAfter, closedAfter },
          () => echoesAfter >= 3 && closedAfter > 0 && closedAfter <= drain.seconds + drain.room,
        );
      }
      const ended = Number(plain.trim().split('\n').at(-1)) - refusedAt / 1000;
      await lesson.measure(
        'm4.e10.a12',
        'session of another caller, whom the policy does not name, to its end',
        ended,
        'seconds',
      );
      await lesson.check(
        'a session of another caller ended with them, although the policy does not name it: the rules are replaced for all',
        ended,
        (seconds) => seconds > 0 && seconds <= drain.seconds + drain.room,
      );
      await cluster.eventually('the proxy has no old rules left', draining, (stats) => chainsDraining(stats) === 0);
    });

    await lesson.step('And without the policies all is as before', async () => {
      await cluster.revert('20-nobody.yaml');
      await cluster.revert('30-no-frontend.yaml');
      await call.settlesOn(answered(200, 'backend-'));
      await echoes('gets its number back again');
    });
  },
);

/** The statuses of calls in a row, each named once for as long as it lasted: `200 403`. */
function turns(replies: readonly TimedReply[]): string {
  const statuses = replies.map(({ status }) => status);
  return statuses.filter((status, index) => status !== statuses[index - 1]).join(' ');
}

/** The answers that one process of curl printed, and how many new connections it made for each. */
function answersIn(printed: string): { status: number; closes: boolean; newConnections: number }[] {
  const answers = printed.matchAll(/^HTTP\/1\.1 (\d{3})([\s\S]*?)\n@connections (\d+)$/gm);
  return Array.from(answers, ([, status, rest = '', connections]) => ({
    status: Number(status),
    closes: /^connection: close\r?$/im.test(rest),
    newConnections: Number(connections),
  }));
}

/** How a session went on after a moment: what came back since, and the seconds to its end. */
function livedOn(said: string, since: number): { echoesAfter: number; closedAfter: number } {
  const lines = said
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  return {
    echoesAfter: lines.filter(([time, what]) => what === 'echo' && Number(time) > since).length,
    closedAfter: (Number(lines.find(([, what]) => what === 'closed')?.[0]) - since) / 1000,
  };
}
