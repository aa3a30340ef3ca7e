import {
  answered,
  configDumpCommand,
  digestOf,
  exercise,
  type FortioResult,
  forbidden,
  proxyAdminCommand,
  readFortio,
  toldConfig,
} from '../../../helpers/index.ts';

const namespace = 'm8-e9-policies';
const backend = `http://backend.${namespace}/`;
const services = 200;
const policies = 500;
const perSecond = 100;
/** Only one of the policies admits anybody. */
const others = policies - 1;

/** What a person types to make Services behind which there is no pod. */
const createServices = `for i in $(seq -w 1 ${services}); do cat <<END
---
apiVersion: v1
kind: Service
metadata: { name: service-$i, namespace: ${namespace} }
spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
END
done | kubectl create -f - | tail -n 1`;

/** The same for policies of one workload, each of which admits an account that nobody has. */
const createPolicies = (app: string, count: number) => `for i in $(seq -w 1 ${count}); do cat <<END
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: ${app}-$i, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: ${app} } }
  action: ALLOW
  rules: [{ from: [{ source: { principals: [cluster.local/ns/${namespace}/sa/nobody-$i] } }] }]
END
done | kubectl create -f - | tail -n 1`;

const authzCheck = (app: string) => ['x', 'authz', 'check', `deployment/${app}.${namespace}`];
/** How many policies a table of `istioctl x authz check` has. */
const policiesIn = (table: string) =>
  new Set(Array.from(table.matchAll(new RegExp(`^\\S+\\s+(\\S+\\.${namespace})\\s`, 'gm')), ([, name = '']) => name))
    .size;
const servicesIn = (table: string) => (table.match(/^service-\d+\./gm) ?? []).length;
const memoryOf = ['exec', 'deployment/backend', ...proxyAdminCommand('stats?filter=server.memory_allocated')];
const istiodMetrics = ['get', '--raw', '/api/v1/namespaces/istio-system/services/istiod:http-monitoring/proxy/metrics'];

/** What is read at one moment, and what a load of that moment came to. */
interface Reading {
  readonly when: string;
  readonly kib: number;
  /** What it was told of calls that come in: its rules are there, and nothing of the other workloads of the cluster. */
  readonly inbound: { readonly kib: number; readonly digest: string };
  readonly mib: number;
  readonly load: FortioResult;
}

/** A figure of istiod; all of its labels together. */
function figureOf(metrics: string, name: string): number {
  const found = Array.from(metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm')), ([, value]) =>
    Number(value),
  );
  if (found.length === 0) throw new Error(`istiod does not publish ${name}`);
  return found.reduce((sum, value) => sum + value, 0);
}

exercise(
  'Five hundred policies for another workload do not reach a proxy, five hundred of its own do',
  {
    persona: 'Ahmed Hassan',
    question: 'Each team will write its policies. What do hundreds of them cost the proxies, and do they still hold?',
    proof: `${services} Services are made first. Then ${policies} policies are made for a workload that nobody calls. Its own proxy has all ${policies} of them, the backend's proxy has none, and what that was told of calls that come in has the same digest as before them. Then ${policies} more are made for the backend, and one of them admits the account of the load generator. Its proxy has all ${policies}, the load generator is answered, and a caller of another account, who was answered before, gets 403. What it was told of calls that come in is more than twice as large. The same load runs four times, without a failed call. Memory, latency and what istiod did meanwhile are reported, and judged by no bound.`,
    takeaway:
      'The policies that select a workload are what its proxy carries; how many the mesh has is the business of istiod.',
    needs: ['k8s', 'sidecar'],
    proves: ['m8.e9.a3'],
    readMore: 'https://istio.io/latest/docs/ops/deployment/performance-and-scalability/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const load = cluster.client('deployment/load');
    const other = cluster.client('deployment/other').curl(backend);
    const readings: Reading[] = [];
    const has = async (app: string, count: number) =>
      cluster.eventually(
        `the proxy of ${app} has ${count === 0 ? 'no policy' : `${count} policies`}`,
        authzCheck(app),
        (table) => table.includes('AuthorizationPolicy') && policiesIn(table) === count,
        'istioctl',
        { tell: (table) => `${policiesIn(table)} policies` },
      );
    const metrics = async () => {
      const { stdout } = await cluster.kubectl(...istiodMetrics);
      return {
        cpu: figureOf(stdout, 'process_cpu_seconds_total'),
        pushes: figureOf(stdout, 'pilot_proxy_convergence_time_count'),
        seconds: figureOf(stdout, 'pilot_proxy_convergence_time_sum'),
      };
    };
    /** Reads the backend's proxy, and loads it for five seconds. */
    const read = async (when: string) => {
      const { stdout: dump } = await cluster.kubectl('exec', 'deployment/backend', ...configDumpCommand);
      const kib = dump.length / 1024;
      const listener = toldConfig(dump, namespace)['listener virtualInbound'];
      const inbound = { kib: (JSON.stringify(listener) ?? '').length / 1024, digest: digestOf(listener) };
      const mib =
        Number(/memory_allocated: (\d+)/.exec((await cluster.kubectl(...memoryOf)).stdout)?.[1] ?? Number.NaN) /
        2 ** 20;
      const fortio = ['fortio', 'load', '-quiet', '-allow-initial-errors', '-c', '2', '-p', '50,99', '-json', '-'];
      const { stdout } = await load.run(...fortio, '-qps', String(perSecond), '-t', '5s', backend);
      const result = readFortio(stdout);
      await lesson.check(
        `${when}: calls are made, and all are answered with 200`,
        { codes: result.codes, calls: result.calls },
        ({ codes, calls }) => Object.keys(codes).join() === '200' && calls > 0,
      );
      await lesson.check(
        `${when}: size and memory are read`,
        { kib, inbound: inbound.kib, mib },
        () => kib > 10 && inbound.kib > 1 && mib > 1,
      );
      readings.push({ when, kib, inbound, mib, load: result });
    };
    /** Makes many policies, and tells what istiod did until the proxy had them. */
    const make = async (what: string, app: string, count: number, all: number) => {
      const before = await metrics();
      const created = await cluster.shell(createPolicies(app, count));
      await lesson.check(`${count} policies are created`, created.stdout, (text) => text.includes(`${app}-${count}`));
      const { durationMs } = created;
      const begun = performance.now();
      await has(app, all);
      const until = (performance.now() - begun) / 1000;
      const after = await metrics();
      const pushes = after.pushes - before.pushes;
      await lesson.check(
        'istiod has told proxies of it',
        { pushes, cpuSeconds: after.cpu - before.cpu },
        (seen) => seen.pushes > 0 && seen.cpuSeconds > 0,
      );
      for (const [name, value, unit] of [
        [`${what}: to create ${count} of them`, durationMs / 1000, 'seconds'],
        [`${what}: from then until they were seen in the proxy`, until, 'seconds'],
        [`${what}: processor time of istiod meanwhile`, after.cpu - before.cpu, 'seconds'],
        [
          `${what}: from a change to a proxy that has it, mean of istiod's own count`,
          (after.seconds - before.seconds) / pushes,
          'seconds',
        ],
      ] as const)
        await lesson.measure('m8.e9.a3', name, value, unit);
    };

    await lesson.step('Before: no policy, and both callers are answered', async () => {
      await other.settlesOn(answered(200));
      await has('backend', 0);
      await read('before');
    });

    await lesson.step(`${services} Services come, behind which there is no pod`, async () => {
      await cluster.shell(createServices);
      await cluster.eventually(
        `the backend's proxy knows all ${services}`,
        ['proxy-config', 'clusters', `deployment/backend.${namespace}`, '--port', '80'],
        (table) => servicesIn(table) === services,
        'istioctl',
        { tell: (table) => `${servicesIn(table)} of these Services` },
      );
      await read(`with ${services} Services`);
    });

    await lesson.step(`${policies} policies come, for a workload that nobody calls`, async () => {
      await make('for another workload', 'other', policies, policies);
      await cluster.eventually(
        "the backend's proxy has no policy, as before",
        authzCheck('backend'),
        (table) => table.includes('AuthorizationPolicy') && policiesIn(table) === 0,
        'istioctl',
        { staysMs: 3_000, tell: (table) => `${policiesIn(table)} policies` },
      );
      await other.settlesOn(answered(200));
      await read(`with ${policies} policies for another`);
      const [before, after] = readings.slice(-2).map(({ inbound }) => inbound);
      await lesson.check(
        'what it was told of calls that come in has the same digest as before them',
        { before, after },
        () => before !== undefined && before.digest === after?.digest,
      );
    });

    await lesson.step(`${policies} policies for the backend, one of which admits the load generator`, async () => {
      await cluster.change('20-load-may-call.yaml');
      await make('for the backend', 'backend', others, policies);
    });

    await lesson.step('After: the load generator is answered, and the other caller gets 403', async () => {
      await other.settlesOn(forbidden);
      await has('other', policies);
      await read(`with ${policies} policies of its own`);
      const [before, after] = readings.slice(-2).map(({ inbound }) => Math.round(inbound.kib));
      await lesson.check(
        'what it was told of calls that come in is more than twice as large',
        { before, after },
        () => before !== undefined && after !== undefined && after > 2 * before,
      );
    });

    await lesson.step('What that cost the proxy of the backend, moment by moment', async () => {
      for (const { when, kib, inbound, mib, load: result } of readings) {
        await lesson.measure('m8.e9.a3', `what the proxy was told, ${when}`, kib, 'KiB');
        await lesson.measure('m8.e9.a3', `of that about calls that come in, ${when}`, inbound.kib, 'KiB');
        await lesson.measure('m8.e9.a3', `memory of the proxy, ${when}`, mib, 'MiB');
        await lesson.measure('m8.e9.a3', `99th percentile of the latency, ${when}`, result.percentile(99), 'ms');
      }
      lesson.table(
        `The proxy of the backend, and ${perSecond} calls a second for five seconds`,
        ['when', 'it was told', 'of that about calls that come in', 'memory', 'calls', 'median', '99th percentile'],
        readings.map(({ when, kib, inbound, mib, load: result }) => [
          when,
          `${kib.toFixed(0)} KiB`,
          `${inbound.kib.toFixed(0)} KiB`,
          `${mib.toFixed(1)} MiB`,
          String(result.calls),
          `${result.percentile(50).toFixed(2)} ms`,
          `${result.percentile(99).toFixed(2)} ms`,
        ]),
      );
    });
  },
);
