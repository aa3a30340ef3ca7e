import {
  about,
  answered,
  blackHoled,
  closedByOwnProxy,
  declaredHostCommand,
  type Ending,
  exercise,
  hitsIn,
  type Outcome,
  ProxyLines,
  proxyLogCommand,
  queryArguments,
  readDeclaredHost,
  readEndpoints,
  readProxyLog,
  readSamples,
  tellDeclaredHost,
  tellEndpoints,
  timedOutByProxy,
  upstreamConnectError,
} from '../../../helpers/index.ts';

const namespace = 'm8-e2-names';
const legacy = 'm8-e2-names-legacy';
const host = 'mainframe.oldbridge.example';
/** A name that nobody declares. */
const other = 'batch.oldbridge.example';
/** What the proxy calls the declared host. */
const declared = `outbound|80||${host}`;
const undeclared = 'PassthroughCluster';
const isMainframe = answered(200, '"pod":"mainframe-');
/** Seconds: what the mainframe takes where it is slow, and what the rule allows. */
const [slow, limit] = [3, 1];
/** Calls that are counted, with a status that no other call of this exercise asks for. */
const counted = 10;
const teapot = '418';
/** Longer than Prometheus waits from one look at a proxy to the next. */
const scrapedAgainMs = 4_000;
/** The name is looked up again every five seconds where its answers live no longer; so this is twice that time. */
const lookedUpTwiceMs = 10_000;
/** Istio itself looks a name up once a minute; the lab's settings say every five seconds. */
const lookedUpMs = 75_000;
const ends = (status: number, flags: readonly string[], details: string | RegExp): Ending => ({
  status,
  flags,
  details,
});
const passedOn = (status: number) => ends(status, [], 'via_upstream');
const noConnection = ends(
  503,
  ['UF', 'URX'],
  /^upstream_reset_before_response_started\{(connection_timeout|remote_connection_failure).*\}$/,
);
/** What becomes of a call to an address that nobody has any more: the proxy says so, or the time of the call is over before. */
const nobodyThere: Outcome = {
  verdict: 'broken',
  says: 'finds nobody at the old address: no connection, or no answer',
  holds: (answer) => upstreamConnectError.holds(answer) || (answer.curlExit === 28 && answer.http.status === 0),
};
const podLine = '{.metadata.name} {.metadata.uid} {.status.podIP} {.status.containerStatuses[*].restartCount}';
const mainframePods = [
  '-n',
  legacy,
  'get',
  'pods',
  '-l',
  'app=mainframe',
  '-o',
  `jsonpath={range .items[*]}${podLine}{"\\n"}{end}`,
];
const addressesIn = (pods: string) =>
  pods
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[2] ?? '');
const known = declaredHostCommand('deployment/frontend', host, namespace);
const endpoints = [
  'proxy-config',
  'endpoints',
  `deployment/frontend.${namespace}`,
  '--cluster',
  declared,
  '--output',
  'json',
];
const isAt = (address: string) => (json: string) =>
  readEndpoints(json)
    .map((endpoint) => endpoint.address)
    .join() === address;
/** A proxy may count a call to a name that it does not know by its Host; the name of the Service tells such calls apart. */
const callsCounted = queryArguments(
  `sum(istio_requests_total{reporter="source",source_workload="frontend",source_workload_namespace="${namespace}",destination_service="${host}",destination_service_name!="PassthroughCluster",response_code="${teapot}"})`,
);

exercise(
  'ServiceEntry gives the mainframe a name, and with it a time limit, retries and an address',
  {
    persona: 'Ahmed Hassan',
    question: 'Nobody may touch the mainframe. What can the mesh do for the calls that we make to it?',
    proof: `The same commands are typed before and after the mainframe gets a name, and only configuration on the side of the caller changes: at the end of the second part the mainframe's pod is the one of the beginning, and no container of it was restarted. Before, a call that takes ${slow} seconds is answered, a first failure reaches the caller, and the proxy writes ${undeclared} into its log. After, the slow call ends with 504, the failure is healed by a second try, which the mainframe has counted, and the log has the name. Of ${counted} calls by the name and ${counted} to the same address under a name that nobody declared, the counter with the mainframe's name has exactly ${counted}. Then only declared hosts may be called: the undeclared one at the same address gets an empty 502, and a port that was not declared ends without an answer, while the declared name is answered. At last the mainframe moves to another address. Where the entry names a host, the same command is answered again; where it has a fixed address, it is not, until the entry is edited.`,
    takeaway:
      'What the mesh can name it can limit, try again and count. Let the entry name a host and not an address, and it follows a move.',
    needs: ['k8s', 'sidecar', 'prom'],
    proves: ['m8.e2.a1', 'm8.e2.a2', 'm8.e2.a3'],
    readMore: 'https://istio.io/latest/docs/reference/config/networking/service-entry/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const frontend = cluster.client('deployment/frontend');
    const callersLog = new ProxyLines(cluster, 'deployment/frontend', 'call');
    const podsBefore = (await cluster.kubectl(...mainframePods)).stdout;
    const [first = ''] = addressesIn(podsBefore);
    /** Arguments of curl for a call to the first address of the mainframe, whatever name it is called by. */
    const asked = (path: string, name = host, port = 80) => [
      '--max-time',
      '10',
      '--resolve',
      `${name}:${port}:${first}`,
      `http://${name}${port === 80 ? '' : `:${port}`}${path}`,
    ];
    const batch = (path = '/') => asked(path, other);
    /** The same call to an address of now, which is not to wait long where nobody answers. */
    const batchAt = (address: string) => frontend.curl('--resolve', `${other}:80:${address}`, `http://${other}/`);
    const once = async (path: string) => {
      const [reply] = await frontend.newConnections(1, ...asked(path));
      if (reply === undefined) throw new Error('One call was made');
      return { status: reply.status, seconds: reply.seconds };
    };
    const hits = async (key: string, wanted: number) => {
      const { stdout } = await frontend.run('curl', '--silent', ...asked(`/hits?key=${key}`));
      await lesson.check(
        `the mainframe was asked ${wanted === 1 ? 'once' : 'twice'}`,
        hitsIn(stdout),
        (seen) => seen === wanted,
      );
    };
    /** Sees that the line of one call tells how it ended, and by what name the proxy knew the target. */
    const wentBy = async (mark: string, target: string, ending: Ending) => {
      const { cluster: seen } = await callersLog.tellsOf(mark, ending);
      await lesson.check(`the line has the target ${target}`, seen, (name) => name === target);
    };
    /** Gives the mainframe a new pod, and tells the address of that. */
    const move = async (from: string) => {
      await cluster.kubectl('-n', legacy, 'rollout', 'restart', 'deployment/mainframe');
      await cluster.kubectl('-n', legacy, 'rollout', 'status', 'deployment/mainframe', '--timeout=80s');
      const pods = await cluster.eventually(
        'the mainframe is one pod, at another address',
        mainframePods,
        (list) =>
          addressesIn(list).length === 1 && /^\d/.test(addressesIn(list)[0] ?? '') && !list.includes(` ${from} `),
      );
      return addressesIn(pods)[0] ?? '';
    };

    await lesson.step('Before: the mainframe is answered, but nothing limits or heals a call to it', async () => {
      await frontend.curl(...asked('/')).settlesOn(isMainframe);
      await lesson.check(
        `a call that takes ${slow} seconds is answered`,
        await once(`/slow?delay=${slow}s&call=slow-before`),
        ({ status, seconds }) => status === 200 && seconds >= about(slow),
      );
      await lesson.check(
        'a first failure reaches the caller',
        await once('/?failFirst=1&key=before&call=failure-before'),
        ({ status }) => status === 503,
      );
      await hits('before', 1);
      await wentBy('slow-before', undeclared, passedOn(200));
      await wentBy('failure-before', undeclared, passedOn(503));
    });

    await lesson.step('It gets a name, a second for slow calls, and two more tries for those that fail', async () => {
      await cluster.change('20-service-entry.yaml');
    });

    await lesson.step('After: the slow call ends with 504 before the mainframe has answered', async () => {
      await frontend.curl(...asked(`/slow?delay=${slow}s`)).settlesOn(timedOutByProxy, { inARow: 2 });
      await lesson.check(
        `it ends after ${limit} second`,
        await once(`/slow?delay=${slow}s&call=slow-after`),
        ({ status, seconds }) => status === 504 && seconds >= about(limit) && seconds < slow,
      );
      await wentBy('slow-after', declared, ends(504, ['UT'], 'response_timeout'));
    });

    await lesson.step('A first failure is healed by a second try, and a connection gets half a second', async () => {
      await lesson.check(
        'the caller sees no failure',
        await once('/?failFirst=1&key=after&call=failure-after'),
        ({ status }) => status === 200,
      );
      await hits('after', 2);
      await wentBy('failure-after', declared, passedOn(200));
      await cluster.eventually(
        'the proxy finds the address by the name of the entry, and waits half a second for a connection',
        known,
        (json) =>
          readDeclaredHost(json).some(
            ({ port, addressesBy, connectTimeout }) =>
              port === 80 && addressesBy === 'STRICT_DNS' && connectTimeout === '0.500s',
          ),
        'istioctl',
        { tell: tellDeclaredHost },
      );
    });

    await lesson.step(`Calls are counted by the name: ${counted} of ${2 * counted} to the same address`, async () => {
      const nameless = await frontend.newConnections(counted, ...batch(`/?status=${teapot}`));
      const named = await frontend.newConnections(counted, ...asked(`/?status=${teapot}`));
      await lesson.check(
        'the mainframe has answered them all, under either name',
        [...nameless, ...named].map(({ status }) => status),
        (statuses) => statuses.length === 2 * counted && statuses.every((status) => String(status) === teapot),
      );
      await cluster.eventually(
        `the counter with the mainframe's name has ${counted}`,
        callsCounted,
        (output) => readSamples({ stdout: output })[0]?.value === counted,
        'kubectl',
        { staysMs: scrapedAgainMs },
      );
    });

    await lesson.step('And nothing has changed at the mainframe itself', async () => {
      await lesson.check(
        'it is the pod of the beginning, and no container of it was restarted',
        { before: podsBefore, now: (await cluster.kubectl(...mainframePods)).stdout },
        ({ before, now }) => now === before && before.trim() !== '',
      );
    });

    await lesson.step('Before the next rule any name and any port at that address may be called', async () => {
      await frontend.curl(...batch()).settlesOn(isMainframe);
      await frontend.curl(...asked('/', host, 8081)).settlesOn(isMainframe);
    });

    await lesson.step('Only what is declared in this namespace may be called from it', async () => {
      await cluster.change('30-registry-only.yaml');
    });

    await lesson.step('After: another name or port at the same address is refused, the declared is not', async () => {
      await frontend.curl(...batch('/?call=batch')).settlesOn(blackHoled);
      await frontend.curl(...asked('/', host, 8081)).settlesOn(closedByOwnProxy);
      await frontend.curl(...asked('/')).settlesOn(isMainframe);
      await cluster.eventually(
        'the log of the proxy names its route block_all for the other name, and BlackHoleCluster for the other port',
        proxyLogCommand('deployment/frontend'),
        (log) =>
          readProxyLog(log).some(
            ({ path, status, route }) => path === '/?call=batch' && status === 502 && route === 'block_all',
          ) && readProxyLog(log).some(({ method, cluster: target }) => method === '-' && target === 'BlackHoleCluster'),
      );
      await cluster.revert('30-registry-only.yaml');
      await frontend.curl(...batch()).settlesOn(isMainframe);
    });

    let address = first;
    await lesson.step('The mainframe moves: its name leads the proxy to the new address', async () => {
      address = await move(first);
      const began = performance.now();
      await frontend.curl(...asked('/')).settlesOn(isMainframe, { settleMs: lookedUpMs });
      await lesson.measure(
        'm8.e2.a3',
        'from the new pod of the mainframe alone to five answers in a row by its name',
        (performance.now() - began) / 1000,
        'seconds',
      );
      await cluster.eventually(
        `the proxy has the new address ${address}, though the command still names ${first}`,
        endpoints,
        isAt(address),
        'istioctl',
        { tell: tellEndpoints },
      );
      await batchAt(first).settlesOn(nobodyThere, { inARow: 1 });
      await batchAt(address).settlesOn(isMainframe);
    });

    await lesson.step('The entry gets a fixed address in place of the name', async () => {
      await cluster.change('40-static.yaml', { MAINFRAME_IP: address });
      await cluster.eventually(
        'the proxy no longer looks up a name',
        known,
        (json) => readDeclaredHost(json).some(({ port, addressesBy }) => port === 80 && addressesBy === 'EDS'),
        'istioctl',
        { tell: tellDeclaredHost },
      );
      await frontend.curl(...asked('/')).settlesOn(isMainframe);
    });

    await lesson.step('It moves again: the proxy stays with the old address, until the entry is edited', async () => {
      const next = await move(address);
      await frontend.curl(...asked('/')).settlesOn(upstreamConnectError, { inARow: 2 });
      await cluster.eventually(`the proxy has the old address ${address} alone`, endpoints, isAt(address), 'istioctl', {
        tell: tellEndpoints,
        staysMs: lookedUpTwiceMs,
      });
      await lesson.check('and calls still fail', await once('/?call=old-address'), ({ status }) => status === 503);
      await callersLog.tellsOf('old-address', noConnection);
      await batchAt(next).settlesOn(isMainframe);
      await cluster.change('40-static.yaml', { MAINFRAME_IP: next });
      await frontend.curl(...asked('/')).settlesOn(isMainframe);
    });
  },
);
