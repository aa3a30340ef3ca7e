import {
  type Answer,
  answered,
  configDumpCommand,
  exercise,
  linesOfCall,
  minorOfMesh,
  proxyAdminCommand,
  proxyLogCommand,
  queryArguments,
  readConfigSize,
  readSamples,
  readTraces,
  routesCommand,
  type Trace,
  tracesArguments,
} from '../../../helpers/index.ts';

const namespace = 'm6-e7-many';
const neighbours = 'm6-e7-neighbour';
const folder = 'fixtures/06-observability/07-scale/01-scoped-proxy-knows-what-it-needs';
/** Services that nobody here calls. */
const unneeded = 200;
/** Those, and the two names of the pod that is called. */
const all = unneeded + 2;
/** Lisa's company: what the figures of one proxy are multiplied by. */
const tidewave = { services: 400, pods: 3_000 };
/** Proxies send their spans each five seconds at the latest. */
const spansSentMs = 7_000;
const collector = 'jaeger.istio-system.svc.cluster.local';

/** What a person types to make Services that stay in their namespace, by their numbers. */
const createServices = (numbers: string) => `for i in ${numbers}; do cat <<END
---
apiVersion: v1
kind: Service
metadata: { name: svc-$i, namespace: ${namespace}, annotations: { networking.istio.io/exportTo: . } }
spec: { ports: [{ name: http, port: 80 }] }
END
done | kubectl create -f - | tail -n 1`;

const clustersOf = (workload: string, home = namespace) => [
  'proxy-config',
  'clusters',
  `deployment/${workload}.${home}`,
  '--direction',
  'outbound',
];
/** Names of the Services of the namespace in a list of clusters. */
const servicesIn = (table: string) =>
  Array.from(table.matchAll(/^(\S+)\.m6-e7-many\.svc\.cluster\.local\s+80\s/gm), ([, name = '']) => name).toSorted();
const knowsCollector = (table: string) => table.includes(`${collector} `);
const tellServices = (table: string) => {
  const names = servicesIn(table);
  return `${names.length} ${names.length === 1 ? 'Service' : 'Services'}: ${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;
};

const figures = 'cluster_manager.(cds.update_success|active_clusters)|server.memory_allocated';
const figuresOf = (workload: string) => [
  'exec',
  `deployment/${workload}`,
  ...proxyAdminCommand(`stats?filter=${encodeURIComponent(figures)}`),
];
/** One figure of a proxy. A missing one is an error and no 0. */
function figure(stats: string, name: string): number {
  const value = new RegExp(`^${name.replaceAll('.', String.raw`\.`)}: (\\d+)$`, 'm').exec(stats)?.[1];
  if (value === undefined) throw new Error(`The proxy does not publish ${name}: ${stats}`);
  return Number(value);
}
const updates = (stats: string) => figure(stats, 'cluster_manager.cds.update_success');

/** Traces of calls with this mark, by what the callee's proxy told of them. */
const ofTheCallee = tracesArguments({ service: `other.${namespace}`, limit: 200 });
const services = ({ spans }: Trace) => spans.map(({ service }) => service.split('.')[0]).join(', ');
/** The caller's span and the callee's, which is a part of it. */
const isWhole = (trace: Trace, caller: string) =>
  services(trace) === `${caller}, other` && trace.spans[1]?.parent === trace.spans[0]?.id;
/** The callee's span alone; it names another that it is a part of, and that one never came. */
const lacksCaller = (trace: Trace) =>
  services(trace) === 'other' && trace.spans[0]?.parent !== undefined && trace.spans[0].parent !== trace.spans[0].id;

/** Warnings and errors in a proxy's log, which are lines with a level. */
const complaints = (log: string) =>
  log.split('\n').filter((line) => /^\S+\t(warn|warning|error|critical)\t/.test(line));

/** The account of the caller that the callee's proxy saw, as it tells its application; undefined without a certificate. */
const account = (body: string) => {
  const { headers } = JSON.parse(body) as Answer;
  return /URI=([^;"]+)/.exec(String(headers['x-forwarded-client-cert']))?.[1];
};

exercise(
  'Sidecar takes 200 Services out of a proxy, the trace collector too, and shuts no door',
  {
    persona: 'Lisa Andersson',
    question: '400 services: why does each proxy know all of them, and what does that cost?',
    proof: `Two pods run the same image in one namespace with ${all} Services, and only one is selected by a Sidecar. Before, both proxies list all ${all}. Afterwards the one lists what it needs, and the other still lists ${all} at the same moment. A new Service reaches the other proxy, and the counter of updates of the first stands still. A Service that is kept in its namespace is unknown to a proxy of another one, and known there as soon as the annotation is taken away. The first proxy has lost the collector of traces: the callee's spans name a caller whose span never arrives, while those of the other pod are complete, and with the collector in the list they are complete again. A Service outside the list still answers, but the callee no longer knows who called.`,
    takeaway:
      'Limit what a proxy knows where it is used, by a Sidecar, and where it is offered, by exportTo; neither is a firewall, and the trace collector has to be in the list.',
    needs: ['k8s', 'sidecar', 'prom', 'tracing'],
    proves: ['m6.e7.a1', 'm6.e7.a2', 'm6.e7.a3', 'm6.e7.a4', 'm6.e7.a5'],
    errata: ['E613'],
    readMore: 'https://istio.io/latest/docs/ops/configuration/mesh/configuration-scoping/',
  },
  async ({ lesson, cluster }) => {
    /** In microseconds since 1970: the store of traces may hold those of an earlier time. */
    const begun = Date.now() * 1000;
    const marked = (answer: string, mark: string) =>
      readTraces(answer).filter(({ spans }) =>
        spans.some(({ startedAt, tags }) => startedAt >= begun && String(tags['http.url']).endsWith(`?m=${mark}`)),
      );
    const tellTraces = (answer: string, ...marks: readonly string[]) =>
      marks.map((mark) => `${mark}: ${marked(answer, mark).map(services).join('; ')}`).join('\n');
    await cluster.deploy('10-setup.yaml');
    const scoped = cluster.client('deployment/scoped');
    const unscoped = cluster.client('deployment/unscoped');

    const lists = async (
      workload: string,
      says: string,
      holds: (names: readonly string[]) => boolean,
      { home = namespace, settleMs }: { home?: string; settleMs?: number } = {},
    ) =>
      cluster.eventually(
        `the proxy of ${workload} ${says}`,
        clustersOf(workload, home),
        (table) => holds(servicesIn(table)),
        'istioctl',
        { tell: tellServices, ...(settleMs === undefined ? {} : { settleMs }) },
      );
    const listsAll = async (workload: string, number = all) =>
      lists(workload, `lists ${number} Services of the namespace`, (names) => names.length === number, {
        settleMs: 60_000,
      });
    const bytesOf = async (workload: string) =>
      readConfigSize((await cluster.kubectl('exec', `deployment/${workload}`, ...configDumpCommand)).stdout).bytes;
    /** What the callee's proxy should have counted by now, by caller and how the call was protected. */
    const made = new Map<string, number>();
    /** Calls of a pod to a Service, which are answered. */
    const calls = async (caller: typeof scoped, times: number, url: string, countedAs: string) => {
      const replies = await caller.newConnections(times, url);
      await lesson.check(
        `${times} calls are answered`,
        replies.map(({ status }) => status),
        (seen) => seen.every((status) => status === 200),
      );
      made.set(countedAs, (made.get(countedAs) ?? 0) + times);
    };
    const fiveCalls = async (role: 'scoped' | 'unscoped', mark: string) =>
      calls(role === 'scoped' ? scoped : unscoped, 5, `http://backend-needed/?m=${mark}`, `${role}, mutual_tls`);
    const tell = (counts: ReadonlyMap<string, number>) =>
      [...counts]
        .map(([caller, times]) => `${caller}: ${times} calls`)
        .toSorted()
        .join('\n');
    const byCaller = (answer: string) =>
      new Map(
        readSamples({ stdout: answer }).map(({ labels, value }): [string, number] => [
          `${labels['source_workload']}, ${labels['connection_security_policy']}`,
          value,
        ]),
      );
    /** Prometheus reads the callee's proxy later than the calls end. */
    const calleeHasCounted = async (says: string) =>
      cluster.eventually(
        says,
        queryArguments(
          `sum by (source_workload, connection_security_policy) (istio_requests_total{reporter="destination",destination_workload="other",namespace="${namespace}"})`,
        ),
        (answer) => tell(byCaller(answer)) === tell(made),
        'kubectl',
        { tell: (answer) => tell(byCaller(answer)) },
      );

    let sizes = { before: 0, after: 0 };
    /** Services of the namespace by now. */
    let present = all;
    await lesson.step(`Before: with ${unneeded} more Services both proxies know all ${all}`, async () => {
      await cluster.shell(createServices(`$(seq -w 1 ${unneeded})`));
      for (const workload of ['scoped', 'unscoped']) await listsAll(workload);
      sizes = { ...sizes, before: await bytesOf('scoped') };
      await calls(scoped, 10, 'http://other/', 'scoped, mutual_tls');
      await calls(unscoped, 10, 'http://other/', 'unscoped, mutual_tls');
      await calleeHasCounted("the callee's proxy has counted these calls, by their callers, with mutual TLS");
      await fiveCalls('scoped', 'with-collector');
      await cluster.eventually(
        'its spans arrive: five traces have the span of the caller and that of the callee',
        ofTheCallee,
        (answer) => {
          const traces = marked(answer, 'with-collector');
          return traces.length === 5 && traces.every((trace) => isWhole(trace, 'scoped'));
        },
        'kubectl',
        { tell: (answer) => tellTraces(answer, 'with-collector') },
      );
    });

    await lesson.step('One of the two proxies is told of one Service alone', async () => {
      await cluster.change('20-sidecar.yaml');
    });

    await lesson.step('After: it knows what it needs, and the other proxy is as it was', async () => {
      await lists('scoped', 'lists one Service of the namespace', (names) => names.join() === 'backend-needed');
      await cluster.eventually(
        'its routes name no other Service of the namespace either',
        routesCommand('deployment/scoped', namespace),
        (json) => json.includes(`backend-needed.${namespace}`) && !/"(other|svc-001)\./.test(json),
        'istioctl',
        { tell: () => `backend-needed.${namespace}` },
      );
      await listsAll('unscoped');
      for (const role of ['scoped', 'unscoped'] as const) await fiveCalls(role, 'what-it-needs');
      sizes = { ...sizes, after: await bytesOf('scoped') };
      await lesson.check(
        'its configuration is smaller by more than a half',
        { ...sizes, smallerByPercent: Math.round((1 - sizes.after / sizes.before) * 100) },
        ({ smallerByPercent }) => smallerByPercent > 50,
      );
      await lesson.measure('m6.e7.a1', `configuration of a proxy with ${all} Services`, sizes.before / 1024, 'KiB');
      await lesson.measure('m6.e7.a1', 'the same with what it needs', sizes.after / 1024, 'KiB');
    });

    await lesson.step('But: a Service outside the list still answers, and no longer knows who calls', async () => {
      await calls(scoped, 10, 'http://other/', 'unknown, none');
      await calls(unscoped, 10, 'http://other/', 'unscoped, mutual_tls');
      await calleeHasCounted(
        "the callee's proxy has counted ten calls of an unknown caller without mutual TLS, and none more of scoped",
      );
      const stranger = await scoped.curl('http://other/?m=one').settlesOn(answered(200, '"pod":"other-'));
      const known = await unscoped.curl('http://other/?m=one').settlesOn(answered(200, '"pod":"other-'));
      await lesson.check(
        'the callee is told the account of the one caller, and of the other none',
        { scoped: account(stranger.http.body) ?? 'none', unscoped: account(known.http.body) ?? 'none' },
        (told) => told.scoped === 'none' && told.unscoped.endsWith(`/ns/${namespace}/sa/unscoped`),
      );
      const ways = [
        { workload: 'scoped', way: 'PassthroughCluster' },
        { workload: 'unscoped', way: `outbound|80||other.${namespace}.svc.cluster.local` },
      ];
      for (const { workload, way } of ways) {
        await cluster.eventually(
          `the proxy of ${workload} has sent the calls to ${way}`,
          proxyLogCommand(`deployment/${workload}`),
          (log) => {
            const taken = linesOfCall(log, 'm=one');
            return taken.length >= 5 && taken.every(({ cluster: to, status }) => to === way && status === 200);
          },
          'kubectl',
          {
            tell: (log) =>
              linesOfCall(log, 'm=one')
                .slice(0, 1)
                .map(({ text }) => text)
                .join(),
          },
        );
      }
    });

    await lesson.step('But: its spans do not arrive any more, and its log does not say so', async () => {
      await cluster.eventually(
        'the proxy still has the tracer, whose spans go to the collector',
        ['proxy-config', 'listeners', `deployment/scoped.${namespace}`, '--output', 'json'],
        (json) => json.includes('envoy.tracers.opentelemetry') && json.includes(`outbound|4317||${collector}`),
        'istioctl',
        { tell: () => `envoy.tracers.opentelemetry → outbound|4317||${collector}` },
      );
      for (const workload of ['scoped', 'unscoped']) {
        const knows = workload === 'unscoped';
        await cluster.eventually(
          `the proxy of ${workload} ${knows ? 'knows' : 'does not know'} the collector`,
          clustersOf(workload),
          (table) => servicesIn(table).includes('backend-needed') && knowsCollector(table) === knows,
          'istioctl',
          { tell: (table) => (knowsCollector(table) ? `${collector} is listed` : `${collector} is not listed`) },
        );
      }
      const earlier = complaints((await cluster.kubectl(...proxyLogCommand('deployment/scoped'))).stdout).length;
      await fiveCalls('scoped', 'without-collector');
      await fiveCalls('unscoped', 'beside-it');
      await cluster.eventually(
        "five traces of the other pod are whole; of its own five the callee's span alone is there, and names another that never came",
        ofTheCallee,
        (answer) => {
          const [own, others] = [marked(answer, 'without-collector'), marked(answer, 'beside-it')];
          return (
            own.length === 5 &&
            others.length === 5 &&
            own.every(lacksCaller) &&
            others.every((trace) => isWhole(trace, 'unscoped'))
          );
        },
        'kubectl',
        { tell: (answer) => tellTraces(answer, 'without-collector', 'beside-it'), staysMs: spansSentMs },
      );
      await cluster.eventually(
        "the proxy's log has the five calls, and no more warnings or errors than before them",
        proxyLogCommand('deployment/scoped'),
        (log) => linesOfCall(log, 'm=without-collector').length === 5 && complaints(log).length === earlier,
        'kubectl',
        {
          tell: (log) =>
            [
              ...linesOfCall(log, 'm=without-collector')
                .map(({ text }) => text)
                .slice(0, 1),
              `${complaints(log).length} warnings and errors`,
            ].join('\n'),
        },
      );
    });

    await lesson.step(
      'A Service can also be kept where it is offered: another namespace knows none of the 200',
      async () => {
        const own = ['backend-needed', 'other'];
        const knows = async (says: string, names: readonly string[]) =>
          lists('neighbour', says, (seen) => seen.join() === names.join(), { home: neighbours });
        await knows('lists the two that have no annotation, and no other', own);
        await listsAll('unscoped');
        const annotation = 'networking.istio.io/exportTo';
        await cluster.kubectl('annotate', 'service', 'svc-001', `${annotation}-`);
        await knows('lists one more, once it has no annotation either', [...own, 'svc-001']);
        await cluster.kubectl('annotate', 'service', 'svc-001', `${annotation}=.`);
        await knows('does not list it any more, once it has the annotation again', own);
      },
    );

    await lesson.step(
      'One more Service is a change for the proxy that may know it, and none for the other',
      async () => {
        let arrivedAfterMs: number | undefined;
        let updatesBefore = 0;
        const oneMore = async () => {
          updatesBefore = updates((await cluster.kubectl(...figuresOf('scoped'))).stdout);
          const others = updates((await cluster.kubectl(...figuresOf('unscoped'))).stdout);
          const created = performance.now();
          present += 1;
          await cluster.shell(createServices(String(present - all + unneeded)));
          await listsAll('unscoped', present);
          arrivedAfterMs ??= performance.now() - created;
          await cluster.eventually(
            'the proxy of unscoped has counted an update',
            figuresOf('unscoped'),
            (stats) => updates(stats) > others,
          );
        };
        await cluster.eventually(
          'the proxy of scoped has counted none since before that Service',
          figuresOf('scoped'),
          (stats) => updates(stats) === updatesBefore,
          'kubectl',
          // Resources of others in the mesh, e.g. an EnvoyFilter, are an update for every proxy: then one more Service is asked for.
          { beforeEachLook: oneMore, staysMs: 3_000, settleMs: 60_000 },
        );
        await lesson.measure(
          'm6.e7.a2',
          'until the new Service is in the proxy',
          (arrivedAfterMs ?? Number.NaN) / 1000,
          'seconds',
        );
      },
    );

    await lesson.step('What it costs to know them, and what that would come to', async () => {
      const [one, other] = [
        (await cluster.kubectl(...figuresOf('scoped'))).stdout,
        (await cluster.kubectl(...figuresOf('unscoped'))).stdout,
      ];
      const [bytes, clusters] = ['server.memory_allocated', 'cluster_manager.active_clusters'].map(
        (name) => figure(other, name) - figure(one, name),
      ) as [number, number];
      await lesson.check(
        'the proxy that knows more has more memory in use',
        { scoped: figure(one, 'server.memory_allocated'), unscoped: figure(other, 'server.memory_allocated') },
        (memory) => memory.scoped < memory.unscoped,
      );
      const each = bytes / clusters / 1024;
      await lesson.measure('m6.e7.a2', `memory of a proxy for each of ${clusters} clusters more`, each, 'KiB');
      const mebibytes = (each * tidewave.services) / 1024;
      lesson.table(
        'Memory: the first row is measured, the others are calculated from it',
        ['what', 'memory'],
        [
          ['one Service more in one proxy', `${each.toFixed(1)} KiB`],
          [`${tidewave.services} Services more in one proxy`, `${mebibytes.toFixed(1)} MiB`],
          [
            `the same in ${tidewave.pods.toLocaleString('en')} proxies`,
            `${((mebibytes * tidewave.pods) / 1024).toFixed(1)} GiB`,
          ],
        ],
      );
    });

    await lesson.step('With the collector in the list the spans come back', async () => {
      await cluster.change('30-sidecar-with-collector.yaml');
      let round = 0;
      const latest = () => `again-${round}`;
      await cluster.eventually(
        'five traces have the span of the caller again',
        ofTheCallee,
        (answer) =>
          Array.from({ length: round }, (_, index) => marked(answer, `again-${index + 1}`)).some(
            (traces) => traces.length === 5 && traces.every((trace) => isWhole(trace, 'scoped')),
          ),
        'kubectl',
        {
          beforeEachLook: async () => {
            round += 1;
            await fiveCalls('scoped', latest());
          },
          tell: (answer) => tellTraces(answer, latest()),
        },
      );
      await lists('scoped', 'still lists one Service of the namespace', (names) => names.join() === 'backend-needed');
      await listsAll('unscoped', present);
    });

    await lesson.step('A list that leaves one out: Istio 1.31 takes it, Istio 1.30 refuses it', async () => {
      const { stdout: version } = await cluster.attempt('istioctl', 'version', '--output', 'json');
      const minor = minorOfMesh(version);
      const leavesOneOut = '40-sidecar-leaves-one-out.yaml';
      const apply = async (...how: readonly string[]) =>
        cluster.attempt('kubectl', 'apply', ...how, '-f', `${folder}/${leavesOneOut}`);
      if (minor < 31) {
        const { exitCode, stderr } = await apply();
        await lesson.check(
          `Istio 1.${minor} refuses it`,
          stderr,
          (text) => exitCode !== 0 && text.includes('invalid namespace value "~." in sidecar'),
        );
        return;
      }
      const { exitCode } = await apply('--dry-run=server');
      await lesson.check(`Istio 1.${minor} takes it`, { exitCode }, (end) => end.exitCode === 0);
      await cluster.change(leavesOneOut);
      await lists(
        'scoped',
        `lists ${present - 1} Services, all of the namespace but the one that is left out`,
        (names) => names.length === present - 1 && !names.includes('svc-001') && names.includes('svc-002'),
      );
      await listsAll('unscoped', present);
    });
  },
);
