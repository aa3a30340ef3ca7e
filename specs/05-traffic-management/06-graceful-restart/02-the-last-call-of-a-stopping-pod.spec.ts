import { about, answered, exercise, linesOfCall, proxyLogCommand } from '../../../helpers/index.ts';

const servers = ['native', 'old', 'old-12s', 'old-zero'] as const;
type Server = (typeof servers)[number];
/** Seconds: what the call takes, and what an old-style proxy waits by default after the order to stop. */
const [work, patience] = [11, 5];
const kinds: Readonly<Record<Server, string>> = {
  native: 'native sidecar',
  old: 'old-style sidecar',
  'old-12s': 'old-style, waits 12 seconds',
  'old-zero': 'old-style, waits for open connections',
};
/** Calls all servers at once, and prints a line each: who, what came, its status, and the seconds. */
const lastCalls = [
  'sh',
  '-c',
  `echo calling; for server in ${servers.join(' ')}; do ` +
    `printf '%s %s\\n' $server "$(curl --silent --max-time 25 --write-out ' @%{http_code} %{time_total}' "http://$server/?delay=${work}s&key=last" | tr '\\n' ' ')" & ` +
    'done; wait',
];
/** What each server has counted. */
const arrived = [
  'sh',
  '-c',
  `for server in ${servers.join(' ')}; do curl --silent "http://$server/hits?key=last"; done`,
];
const ofServers = ['get', 'pods', '-l', 'role=server', '--sort-by=.metadata.labels.app'];
/** What the proxy of each says of how it stops. */
const says: Readonly<Record<Server, RegExp>> = {
  native: /Agent draining proxy$/m,
  old: /Graceful termination period is 5s/,
  'old-12s': /Graceful termination period is 12s/,
  // After five seconds, so it is waited for last.
  'old-zero': /There are still \d+ active connections/,
};

exercise(
  'Pod finishes its last call while it stops, if its proxy lives as long as its application',
  {
    persona: 'Marcus Chen',
    question: 'A pod is stopped while it works on an order. Is the order lost, and what must we set so that it is not?',
    proof: `Four servers are the same but for their annotations, and before any pod stops all four answer. Each gets one call of ${work} seconds, and all are stopped by one command after the call has arrived, which each of them has counted; of those that are answered in the end none had ended when the proxy said that it stops. Each of the four applications has thirty seconds to finish. Three answer with 200 and the answer of the next service, which they ask at the end, so their proxies still worked in both directions. The fourth ends with 503 after its proxy's ${patience} seconds, before the application could answer, and the customer's proxy logs that the connection was ended. What the proxies say of their way to stop is read from their logs.`,
    takeaway:
      'A native sidecar outlives its application without any setting; an old-style one is gone after five seconds, unless it waits for open connections or longer than the longest call.',
    needs: ['sidecar', 'native-sidecar'],
    proves: ['m5.e6.a4'],
    errata: ['E513'],
    readMore:
      'https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig-termination_drain_duration',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('deployment/customer');
    const works = async () => {
      for (const server of servers)
        await customer
          .curl(`http://${server}/`)
          .settlesOn(answered(200, '"next":{"url":"http://ledger/","status":200'));
    };

    await lesson.step('Before: four servers answer', works);

    await lesson.step('Three of them get old-style sidecars, each with another end', async () => {
      await cluster.change('20-old-style-sidecars.yaml');
      for (const server of servers.slice(1))
        await cluster.kubectl('rollout', 'status', `deployment/${server}`, '--timeout=80s');
      await cluster.eventually('there is one pod of each, and no other', [...ofServers, '--no-headers'], (list) => {
        const lines = list.trim().split('\n');
        return lines.length === servers.length && lines.every((line) => /\s2\/2\s+Running\s/.test(line));
      });
      await works();
    });
    const list = await cluster.kubectl(
      ...ofServers,
      '-o',
      'jsonpath={range .items[*]}{.metadata.labels.app} {.metadata.name} {.spec.initContainers[*].name}/{.spec.containers[*].name}{"\\n"}{end}',
    );
    const pods = new Map(
      list.stdout
        .trim()
        .split('\n')
        .map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']),
    );

    let printed = '';
    await lesson.step(`All four are stopped while each works on a call of ${work} seconds`, async () => {
      const { stdout } = await customer.whileRunning(lastCalls, async (printedSoFar) => {
        await customer.eventually(
          'each server has its call',
          arrived,
          ({ stdout: counts }) => [...counts.matchAll(/"hits":1\b/g)].length === servers.length,
        );
        await cluster.kubectl('scale', ...servers.map((server) => `deployment/${server}`), '--replicas=0');
        for (const server of servers) {
          await cluster.eventually(
            `the proxy of ${server} says how it stops`,
            proxyLogCommand(pods.get(server) ?? ''),
            (log) => says[server].test(log),
          );
          if (server !== 'old')
            await lesson.check(`the call of ${server} has not ended yet`, printedSoFar(), (text) => {
              return text !== '' && !text.includes(`\n${server} `);
            });
        }
      });
      printed = stdout;
    });

    await lesson.step('After: three calls are answered, and that of the plain old-style sidecar is not', async () => {
      const ends = servers.map((server) => ({ server, ...endOf(server, printed) }));
      lesson.table(
        'How the last call of each server ended',
        ['sidecar', 'status', 'seconds'],
        ends.map(({ server, status, seconds }) => [kinds[server], `HTTP ${status}`, seconds.toFixed(1)]),
      );
      const [native, old, ...others] = ends;
      await lesson.check(
        `the call behind the old-style sidecar ends with 503, ${patience} to ${work} seconds after it began`,
        old,
        (end) =>
          end?.status === 503 &&
          end.body.startsWith('upstream connect error') &&
          end.seconds >= about(patience) &&
          end.seconds < work,
      );
      for (const end of [native, ...others])
        await lesson.check(
          `${end?.server}: the call is answered, with what the next service said`,
          end,
          (seen) =>
            seen?.status === 200 &&
            seen.body.includes('"next":{"url":"http://ledger/","status":200') &&
            seen.seconds >= about(work),
        );
      await cluster.eventually(
        "the customer's proxy logs that the connection was ended under the call: flag UC",
        proxyLogCommand('deployment/customer'),
        (log) => {
          const lost = linesOfCall(log, 'key=last').filter(({ status }) => status !== 200);
          return lost.length > 0 && lost.every(({ authority, flags }) => authority === 'old' && flags === 'UC');
        },
      );
    });

    await lesson.step('And the difference was where the proxy stood', async () => {
      await lesson.check(
        'the native proxy is an init container, the others are ordinary containers',
        list.stdout,
        (text) =>
          /^native \S+ .*\bistio-proxy\/server$/m.test(text) &&
          servers.slice(1).every((server) => new RegExp(`^${server} \\S+ .*/server istio-proxy$`, 'm').test(text)),
      );
    });
  },
);

/** How the call of one server ended. */
function endOf(server: Server, printed: string): { status: number; seconds: number; body: string } {
  const line = printed.split('\n').find((each) => each.startsWith(`${server} `)) ?? '';
  const [, body = '', status, seconds] = /^\S+ (.*?) *@(\d+) ([\d.]+)$/.exec(line.trim()) ?? [];
  return { status: Number(status), seconds: Number(seconds), body };
}
