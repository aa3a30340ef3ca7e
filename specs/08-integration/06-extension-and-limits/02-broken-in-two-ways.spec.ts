import {
  exercise,
  forbidden,
  linesOfCall,
  type Outcome,
  proxyLogCommand,
  readRejections,
  readTypeStatus,
  tally,
} from '../../../helpers/index.ts';

const namespace = 'm8-e6-broken';
const [luaUrl, wasmUrl] = ['http://with-lua/', 'http://with-wasm/'];
const made = 20;
const status = ['proxy-status', '--namespace', namespace];
const luaLog = proxyLogCommand('deployment/with-lua');
const wasmLog = proxyLogCommand('deployment/with-wasm');
const moduleLog = ['logs', 'deployment/modules', '--tail=-1'];
const failure = 'broken on purpose';

/** Prints with what a proxy can run WebAssembly, as it has told istiod. */
const runtimesOfWasm = [
  'sh',
  '-c',
  `pilot-agent request GET config_dump | grep -o '"envoy.wasm.runtime[^"]*"' | sort -u`,
];

/** Served, and the answer names who handled it. */
const handledBy = (who: string): Outcome => ({
  verdict: 'allowed',
  says: `is answered with HTTP 200 and the header x-handled-by: ${who}`,
  holds: ({ http }) => http.status === 200 && http.headers['x-handled-by'] === who,
});
const withoutHeader: Outcome = {
  verdict: 'allowed',
  says: 'is answered with HTTP 200, without the header x-handled-by',
  holds: ({ http }) => http.status === 200 && !('x-handled-by' in http.headers),
};
/** What becomes of calls where a module is in order, and the proxy has nothing that could run it. */
const cannotLoad: Outcome = {
  verdict: 'blocked',
  says: 'is answered with HTTP 500 and nothing else, by a proxy that cannot load the module',
  holds: ({ http }) => http.status === 500 && http.body.trim() === '' && http.headers['server'] === 'istio-envoy',
};
/** How often the agent of a proxy has fetched a program, or has tried to, by what came of it; what never came is not listed. */
const fetches = (metrics: string) =>
  Object.fromEntries(
    Array.from(
      metrics.matchAll(/^istio_agent_wasm_config_conversion_count\{result="(\w+)"\} (\d+)$/gm),
      ([, result = '', count]) => [result, Number(count)],
    ),
  );

exercise(
  'TrafficExtension that is broken keeps the old header, adds none or refuses every call, by how it is broken',
  {
    persona: 'Ahmed Hassan',
    question:
      'We need a header on each answer, and no vendor will write it for us. What if our own extension is broken?',
    proof: `Two workloads get a header on their answers, one by a few lines of Lua, the other by a WebAssembly module that its proxy loads from a web server. The Lua is then broken in two ways. Without a closing bracket it is accepted by the API server, and analysis finds no issue; the proxy rejects it, because it cannot load the script, and ${made} calls are served with the old header. Repaired, the new header comes. With an error that shows only when it runs, ${made} calls are served without a header, and the log of the proxy has the error. The module is then looked for under a name that does not exist. ${made} calls of ${made} get the 403 of the proxy's own access filter, although the module worked a moment before, if the proxy can run one: an Envoy that was built without V8 answers HTTP 500 under a module that is in order, and says so in its log. The web server has the 404, the agent beside the proxy counts a fetch that failed, and the status of that proxy is SYNCED. Told to go without a module (FAIL_OPEN), it serves without a header. With the right name it is as it was. The older kind, WasmPlugin, refuses in the same way. The workload beside is served meanwhile.`,
    takeaway:
      'Lua that a proxy cannot read leaves the running pods as they were; a module that cannot be fetched refuses their calls, unless you say FAIL_OPEN. Decide that before, and watch for both.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e6.a1', 'm8.e6.a2', 'm8.e6.a6', 'm8.e6.a7'],
    errata: ['E802'],
    readMore: 'https://istio.io/latest/docs/reference/config/proxy_extensions/traffic_extension/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const customer = cluster.client('pod/customer');
    const lua = customer.curl(luaUrl);
    const wasm = customer.curl(wasmUrl);
    const rows: (readonly [string, string, string])[] = [];
    const podOf = async (app: string) => {
      const path = 'jsonpath={.items[0].metadata.name} {.items[0].status.podIP}';
      const [name = '', address = ''] = (
        await cluster.kubectl('get', 'pods', '-l', `app=${app}`, '-o', path)
      ).stdout.split(' ');
      return { name, address };
    };
    /** What istiod knows of how a proxy took listeners (LDS) and extensions (ECDS). */
    const statusIs = async (pod: string, wanted: Readonly<Record<string, string>>) => {
      const of = (table: string): Readonly<Record<string, string>> =>
        readTypeStatus(table).find((proxy) => proxy.pod === pod)?.byType ?? {};
      const words = Object.entries(wanted).map(([type, word]) => `${type} ${word}`);
      return cluster.eventually(
        `with -v 1 the status of ${pod} is ${words.join(', ')}`,
        [...status, '-v', '1'],
        (table) => Object.entries(wanted).every(([type, word]) => of(table)[type] === word),
        'istioctl',
        { tell: (table) => JSON.stringify(of(table)) },
      );
    };
    /** Makes calls one after another, each of which must end so. */
    const all = async (says: string, url: string, end: string) =>
      lesson.check(
        `${says}: ${made} calls of ${made} end with ${end}`,
        Object.fromEntries(
          tally(
            await customer.newConnections(made, url),
            (reply) => `HTTP ${reply.status}, x-handled-by: ${reply.headers['x-handled-by'] ?? 'none'}`,
          ),
        ),
        (seen) => Object.keys(seen).length === 1 && seen[end] === made,
      );
    const runtimes = await cluster.kubectl(
      'exec',
      'deployment/with-wasm',
      '-c',
      'istio-proxy',
      '--',
      ...runtimesOfWasm,
    );
    // Builds of Envoy before 1.39 that are published for Python have none; Istio's own proxy has it in both releases.
    const hasV8 = runtimes.stdout.includes('"envoy.wasm.runtime.v8"');
    const withModule = hasV8 ? handledBy('oldbridge-wasm') : cannotLoad;
    const ofLua = await podOf('with-lua');
    const ofWasm = await podOf('with-wasm');
    const metrics = [
      'sh',
      '-c',
      `curl -s http://${ofWasm.address}:15020/stats/prometheus | grep istio_agent_wasm_config_conversion_count || true`,
    ];
    /** Lines of the web server's log: the proxy of that workload asked for this file. */
    const asked = (log: string, file: string, code: number) =>
      log
        .split('\n')
        .filter((line) => line.startsWith(`${ofWasm.address} `) && line.includes(`"GET /${file} HTTP/1.1" ${code} `));

    await lesson.step('Before: both workloads are served, and no answer has the header', async () => {
      await lua.settlesOn(withoutHeader);
      await wasm.settlesOn(withoutHeader);
      await statusIs(ofLua.name, { LDS: 'SYNCED' });
      await lesson.check(
        'the log of the proxy has no such error',
        (await cluster.kubectl(...luaLog)).stdout.split('\n').filter((line) => line.includes(failure)).length,
        (count) => count === 0,
      );
    });

    await lesson.step('A few lines of Lua add the header', async () => {
      await cluster.change('20-header-by-lua.yaml');
    });

    await lesson.step('After: the answers of that workload have it, those of the other do not', async () => {
      await lua.settlesOn(handledBy('oldbridge'));
      await wasm.settlesOn(withoutHeader);
    });

    await lesson.step(
      'The next version lacks a bracket: the API server takes it, analysis finds no issue',
      async () => {
        await cluster.change('30-lua-that-does-not-parse.yaml');
        const { stdout, stderr, exitCode } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
        await lesson.check(
          'analysis finds no issue in the namespace, and exits with 0',
          { said: `${stdout}${stderr}`.trim(), exitCode },
          ({ said, exitCode: code }) =>
            code === 0 && said.includes('No validation issues found') && !said.includes('IST0'),
        );
      },
    );

    await lesson.step('After: the proxy rejects it, and goes on with the old header', async () => {
      await cluster.eventually(
        'istiod has the reason of that proxy: the program cannot be loaded',
        [...status, '--output', 'json'],
        (json) =>
          readRejections(json).some(
            ({ pod, type, reason }) =>
              pod === ofLua.name && type === 'Listener' && reason.includes('script load error'),
          ),
        'istioctl',
        {
          tell: (json) =>
            readRejections(json)
              .filter(({ pod }) => pod === ofLua.name)
              .map((each) => JSON.stringify(each))
              .join('\n'),
        },
      );
      await statusIs(ofLua.name, { LDS: 'ERROR' });
      await statusIs(ofWasm.name, { LDS: 'SYNCED' });
      await all('with the program rejected', luaUrl, 'HTTP 200, x-handled-by: oldbridge');
      rows.push(['Lua that cannot be read', 'the proxy rejects it', 'served, with the header of before']);
    });

    await lesson.step('Repaired, it brings its own header', async () => {
      await cluster.change('40-lua-repaired.yaml');
      await lua.settlesOn(handledBy('oldbridge-2'));
      await statusIs(ofLua.name, { LDS: 'SYNCED' });
    });

    await lesson.step('A version that is in order as a text fails when it runs: no header, and no harm', async () => {
      await cluster.change('50-lua-that-fails.yaml');
      await lua.settlesOn(withoutHeader);
      await all('with the program that fails', luaUrl, 'HTTP 200, x-handled-by: none');
      await statusIs(ofLua.name, { LDS: 'SYNCED' });
      await cluster.eventually(
        'the log of the proxy has the error',
        luaLog,
        (log) => log.includes(failure),
        'kubectl',
        {
          tell: (log) => log.split('\n').find((line) => line.includes(failure)) ?? '',
        },
      );
      rows.push(['Lua that fails when it runs', 'the proxy takes it', 'served, without a header']);
    });

    await lesson.step('A WebAssembly module from a web server: the header, if the proxy can load it', async () => {
      await cluster.change('60-header-by-wasm.yaml');
      await wasm.settlesOn(withModule);
      if (!hasV8)
        await cluster.eventually(
          'the log of the proxy says that it was built without what runs WebAssembly',
          wasmLog,
          (log) => log.includes('Envoy was compiled without support for it'),
        );
      await cluster.eventually(
        'the log of the web server has the download, from the address of that pod',
        moduleLog,
        (log) => asked(log, 'header.wasm', 200).length > 0,
      );
    });

    await lesson.step('The address is changed to a file that does not exist', async () => {
      await lesson.check(
        'until now the agent of the proxy has counted no fetch that failed',
        fetches((await customer.run(...metrics)).stdout),
        (seen) => (seen['success'] ?? 0) > 0 && seen['fetch_failure'] === undefined,
      );
      await cluster.change('70-wasm-that-is-missing.yaml');
    });

    await lesson.step('After: every call is refused, by the access filter of the proxy', async () => {
      await wasm.settlesOn(forbidden);
      await all('without the module', `${wasmUrl}?call=missing`, 'HTTP 403, x-handled-by: none');
      await cluster.eventually(
        `the log of the proxy has those ${made} calls: its access filter refused them`,
        wasmLog,
        (log) => {
          const lines = linesOfCall(log, 'call=missing');
          return (
            lines.length === made &&
            lines.every(
              ({ status: code, details }) => code === 403 && details === 'rbac_access_denied_matched_policy[none]',
            )
          );
        },
        'kubectl',
        { tell: (log) => linesOfCall(log, 'call=missing')[0]?.text ?? '' },
      );
      await lua.settlesOn(withoutHeader);
    });

    await lesson.step('And istiod calls it synced, while the agent beside the proxy counts a failure', async () => {
      await statusIs(ofWasm.name, { LDS: 'SYNCED', ECDS: 'SYNCED' });
      await customer.eventually(
        'the agent of the proxy has counted a fetch that failed',
        metrics,
        ({ stdout }) => (fetches(stdout)['fetch_failure'] ?? 0) > 0,
      );
      await cluster.eventually(
        'the web server has answered that pod with 404',
        moduleLog,
        (log) => asked(log, 'missing.wasm', 404).length > 0,
      );
      await cluster.eventually(
        'and nobody has written a policy that refuses: the namespace has none',
        ['get', 'authorizationpolicies', '-o', 'name'],
        (list) => list.trim() === '',
      );
      rows.push(['module that is missing', 'the proxy takes what stands in for it', 'refused, HTTP 403']);
    });

    await lesson.step('Told to go without a module, it serves without the header', async () => {
      await cluster.change('80-missing-and-open.yaml');
      await wasm.settlesOn(withoutHeader);
      await all('with the module missing, and told to go without', wasmUrl, 'HTTP 200, x-handled-by: none');
      await statusIs(ofWasm.name, { LDS: 'SYNCED', ECDS: 'SYNCED' });
      rows.push(['the same, with FAIL_OPEN', 'the proxy takes what stands in for it', 'served, without a header']);
    });

    await lesson.step('With the right address it is as it was', async () => {
      await cluster.change('60-header-by-wasm.yaml');
      await wasm.settlesOn(withModule);
      await cluster.revert('60-header-by-wasm.yaml');
      await wasm.settlesOn(withoutHeader);
    });

    await lesson.step('The older kind, WasmPlugin, with a module that is missing, refuses as well', async () => {
      await cluster.change('90-by-the-older-kind.yaml');
      await wasm.settlesOn(forbidden);
      await statusIs(ofWasm.name, { LDS: 'SYNCED', ECDS: 'SYNCED' });
      rows.push(['WasmPlugin whose module is missing', 'the proxy takes what stands in for it', 'refused, HTTP 403']);
      await cluster.revert('90-by-the-older-kind.yaml');
      await wasm.settlesOn(withoutHeader);
      lesson.table('Five broken extensions', ['what is broken', 'what the proxy does', 'calls are'], rows);
    });
  },
);
