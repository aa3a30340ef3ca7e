import {
  answered,
  clusterNotFound,
  clustersCommand,
  exercise,
  forbidden,
  linesOfCall,
  readClusterLimits,
} from '../../../helpers/index.ts';

const namespace = 'm6-e10-four-tools';
const backend = 'http://backend/';
const proxyLog = (app: string) => ['logs', `deployment/${app}`, '--container', 'istio-proxy', '--tail=-1'];
const istiodLog = ['logs', 'deployment/istiod', '--namespace', 'istio-system', '--since=5m'];

/** What an archive of a bug report is asked for; each of these words stands in one place of the set-up. */
const words = {
  secret: 'kept-in-a-secret-4711',
  encoded: btoa('kept-in-a-secret-4711'),
  configMap: 'kept-in-a-config-map-4712',
  environment: 'written-into-an-environment-4713',
};
/** What Envoy writes in place of a key: [redacted]. */
const redacted = btoa('[redacted]');

/** Makes a bug report in a folder that goes afterwards, and tells what is in it; nothing of it is printed but names. */
const bugReport = (include: string) => `
istioctl bug-report --include '${include}' --timeout 120s --dir "$PWD/files" --output-dir "$PWD" > said.txt 2>&1
echo "exit code $?"
mkdir opened && tar -xzf bug-report.tar.gz -C opened && cd opened || exit 1
echo "bytes $(wc -c < ../bug-report.tar.gz)"
find . -type f | cut -c3- | sort | sed 's/^/file /'
for word in ${Object.values(words).join(' ')}; do echo "found $word $(grep -rlF -e "$word" . | wc -l)"; done
echo "keys $(grep -rhA 1 '"private_key": {' proxies/${namespace} | grep -o '"inline_bytes": "[^"]*"' | sort | uniq -c | xargs)"
echo "login $(grep -cE '^${namespace} +login ' cluster/secrets)"
echo "events $(grep -c '^${namespace} ' cluster/events)"
echo "resources $(grep -cE '^ {4}namespace: ${namespace}$' cluster/k8s-resources)"
echo "elsewhere $(grep -cE '^ {4}namespace: istio-system$' cluster/k8s-resources)"
echo "routes $(grep -cE '^ {4}name: to-version-nine$' cluster/crs)"
echo "analysis $(grep -rhc 'IST0101.*${namespace}/to-version-nine' analyze | xargs)"
`;

/** What that script prints: words after the first, by the first; files are a list. */
function readReport(printed: string): { readonly files: readonly string[]; readonly said: (name: string) => string } {
  const lines = printed.split('\n');
  const after = (name: string) =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  return { files: after('file'), said: (name) => after(name)[0] ?? '' };
}

exercise(
  'istioctl tells of one outage in parts: analysis, describe, log levels and the bug report',
  {
    persona: 'Lisa Andersson',
    question: 'A service answers 503. Which tool tells me what, and may I attach a bug report to a public issue?',
    proof: `A route leads to a subset that nobody defines, and the caller gets an empty 503 with the flag NC. Before it, analysis, describe and the clusters of the caller's proxy have nothing to say of it; now analysis names the subset by IST0101, describe warns of it, and the proxy has no cluster of that name, while it has that of the Service. A pod without a proxy cannot be described. A bug report is made with a pattern that fits one namespace, and once more with the full name of the same namespace. The first holds analysis, resources, events, and configuration and log of both proxies. A value of a Secret is not in it, neither as it is nor in base64, and each key of the proxies is replaced; a value of a ConfigMap and a password from an environment are in it in clear. In the second the files of the proxies are the same, and no resource, no event and no Secret's name of the namespace is left. At last a policy refuses a call: the log of the proxy names it in the words of its filter only while the level is debug, and istiod's log tells which proxy has taken what only while its level is.`,
    takeaway:
      'Analysis reads resources, describe reads one proxy, log levels tell of single decisions; and a bug report is to be read before it is attached.',
    needs: ['sidecar'],
    proves: ['m6.e10.a5', 'm6.e10.a6', 'm6.e10.a7', 'm6.e10.a8'],
    errata: ['E614'],
    readMore: 'https://istio.io/latest/docs/ops/diagnostic-tools/istioctl-describe/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const caller = cluster.client('deployment/caller');
    const call = caller.curl(backend);
    const order = caller.curl('-X', 'POST', `${backend}orders`);
    const list = ['get', 'pods', '-l', 'app=backend', '-o', 'jsonpath={.items[0].metadata.name}'];
    const pod = (await cluster.kubectl(...list)).stdout;
    const analysis = async () => {
      const { stdout, stderr } = await cluster.attempt('istioctl', 'analyze', '--namespace', namespace);
      return `${stdout}${stderr}`.trim();
    };
    const describe = async (name: string) =>
      cluster.attempt('istioctl', 'experimental', 'describe', 'pod', name, '--namespace', namespace);
    const subsets = async () => {
      const { stdout } = await cluster.attempt(
        'istioctl',
        ...clustersCommand('deployment/caller', 'backend', namespace),
      );
      return readClusterLimits(stdout).map(({ subset }) => (subset === '' ? 'the Service as a whole' : subset));
    };

    await lesson.step('Before: calls are served, and no tool has anything to say of them', async () => {
      await call.settlesOn(answered(200, pod));
      await lesson.check(
        'analysis finds no issue in the namespace',
        await analysis(),
        (said) => said.includes('No validation issues found') && !said.includes('IST0'),
      );
      const { stdout, exitCode } = await describe(pod);
      await lesson.check('describe shows the Service of the pod, and no warning', { stdout, exitCode }, (seen) => {
        return seen.exitCode === 0 && seen.stdout.includes('Service: backend') && !seen.stdout.includes('Warning');
      });
    });

    await lesson.step('A route leads to version nine, which nobody has defined', async () => {
      await cluster.change('20-missing-subset.yaml');
    });

    await lesson.step('After: the caller gets 503, and its proxy notes that there is no such cluster', async () => {
      await call.settlesOn(clusterNotFound);
      await caller.curl(`${backend}?call=marked`).settlesOn(clusterNotFound, { inARow: 1 });
      await cluster.eventually('the line of that call has the flag NC', proxyLog('caller'), (log) =>
        linesOfCall(log, 'call=marked').some(({ status, flags }) => status === 503 && flags === 'NC'),
      );
    });

    await lesson.step('Analysis, describe and the clusters each tell a part of it', async () => {
      await lesson.check('analysis names the subset, by IST0101', await analysis(), (said) =>
        said
          .split('\n')
          .some((line) => line.includes('IST0101') && line.includes('to-version-nine') && line.includes('v9')),
      );
      await lesson.check('describe warns: no rule defines it', (await describe(pod)).stdout, (said) =>
        said.includes('Warning: Route to subset v9 but NO DESTINATION RULE defining subsets!'),
      );
      await lesson.check(
        "the caller's proxy has the cluster of the Service, and none of a subset",
        await subsets(),
        (seen) => seen.join() === 'the Service as a whole',
      );
    });

    await lesson.step('And a pod without a proxy cannot be described', async () => {
      const { stderr, exitCode } = await describe('legacy');
      await lesson.check('describe asks the proxy of the pod, and there is none', { stderr, exitCode }, (seen) => {
        return seen.exitCode !== 0 && seen.stderr.includes('failed to execute command on sidecar');
      });
    });

    let proxies: readonly string[] = [];

    await lesson.step('A bug report with a pattern: what it holds, and what it does not', async () => {
      const { stdout, durationMs } = await cluster.shell(bugReport('m6-e10-four-tool*'));
      const { files, said } = readReport(stdout);
      proxies = files.filter((file) => file.startsWith('proxies/'));
      await lesson.measure('m6.e10.a6', 'making the bug report', durationMs / 1000, 'seconds');
      await lesson.measure('m6.e10.a6', 'size of the bug report', Number(said('bytes')) / 1024, 'KiB');
      await lesson.check(
        'for each of the two proxies it has configuration, clusters, statistics and log',
        proxies,
        (seen) =>
          ['backend', 'caller'].every((app) =>
            ['config_dump?include_eds', 'clusters', 'stats/prometheus', 'istio-proxy.log'].every(
              (name) =>
                seen.filter((file) => file.startsWith(`proxies/${namespace}/${app}-`) && file.endsWith(`/${name}`))
                  .length === 1,
            ),
          ),
      );
      await lesson.check(
        'it has the analysis, the resources, the route, the events and the name of the Secret',
        Object.fromEntries(
          ['analysis', 'resources', 'routes', 'events', 'login'].map((name) => [name, Number(said(name))]),
        ),
        (seen) => Object.values(seen).every((count) => count > 0),
      );
      await lesson.check(
        'no file of it has the value of the Secret, neither as it is nor in base64',
        [said(`found ${words.secret}`), said(`found ${words.encoded}`)],
        (seen) => seen.every((count) => count === '0'),
      );
      await lesson.check('in place of each key of the two proxies stands [redacted], in base64', said('keys'), (seen) =>
        new RegExp(`^([2-9]|[1-9]\\d+) inline_bytes: ${redacted}$`).test(seen),
      );
      await lesson.check(
        'the value of the ConfigMap and the password in the environment are in it in clear',
        [said(`found ${words.configMap}`), said(`found ${words.environment}`)],
        (seen) => seen.every((count) => Number(count) > 0),
      );
      await lesson.check(
        'it has resources of istio-system too, which does not fit the pattern',
        Number(said('elsewhere')),
        (count) => count > 0,
      );
    });

    await lesson.step('The same with the full name of the namespace: its resources are missing', async () => {
      const { stdout } = await cluster.shell(bugReport(namespace));
      const { files, said } = readReport(stdout);
      await lesson.check(
        'the files of both proxies are there, the same as before',
        files.filter((file) => file.startsWith('proxies/')),
        (seen) => seen.length > 0 && seen.join() === proxies.join(),
      );
      await lesson.check(
        'there is a list of resources, and no resource, route, event and name of a Secret of the namespace in the report',
        Object.fromEntries(['resources', 'routes', 'events', 'login'].map((name) => [name, said(name)])),
        // Where a file is missing nothing is counted either; that of the resources has to be there.
        (seen) => seen['resources'] === '0' && Object.values(seen).every((count) => Number(count) === 0),
      );
      await lesson.check(
        'nor the value of the ConfigMap, which the report with the pattern had',
        said(`found ${words.configMap}`),
        (count) => count === '0',
      );
      await lesson.check('while the analysis is there', Number(said('analysis')), (count) => count > 0);
    });

    await lesson.step('The route is taken away, and a policy refuses orders', async () => {
      await cluster.revert('20-missing-subset.yaml');
      await call.settlesOn(answered(200, pod));
      await cluster.change('30-refuse-orders.yaml');
      await order.settlesOn(forbidden);
      await call.settlesOn(answered(200, pod));
    });

    const decisions = (log: string) =>
      log.split('\n').filter((line) => line.includes('enforced denied, matched policy')).length;
    const levelOfProxy = async (level: string) => {
      const where = `deployment/backend.${namespace}`;
      const { stdout } = await cluster.attempt('istioctl', 'proxy-config', 'log', where, '--level', `rbac:${level}`);
      await lesson.check(`the level of that logger is ${level}`, stdout, (said) =>
        new RegExp(`^ *rbac: ${level}$`, 'm').test(said),
      );
    };
    /** Makes a call that is refused, waits for its line in the access log, and returns the log. */
    const refusedCall = async (mark: string) => {
      await caller.curl(`${backend}orders?call=${mark}`).settlesOn(forbidden, { inARow: 1 });
      return cluster.eventually('the access log has the refused call', proxyLog('backend'), (log) =>
        linesOfCall(log, `call=${mark}`).some(({ status }) => status === 403),
      );
    };

    await lesson.step("With the level debug the proxy's filter names the policy that refused", async () => {
      await lesson.check(
        'before, the filter itself writes nothing of a refused call',
        decisions(await refusedCall('quiet')),
        (count) => count === 0,
      );
      await levelOfProxy('debug');
      await caller.curl(`${backend}orders?call=debug`).settlesOn(forbidden, { inARow: 1 });
      const log = await cluster.eventually('the filter names the policy', proxyLog('backend'), (said) =>
        said.includes(`enforced denied, matched policy ns[${namespace}]-policy[refuse-orders]-rule[0]`),
      );
      await levelOfProxy('warning');
      await lesson.check(
        'and with the level of before it writes nothing more',
        { during: decisions(log), after: decisions(await refusedCall('quiet-again')) },
        ({ during, after }) => after === during,
      );
    });

    await lesson.step('And with the level debug istiod tells which proxy has taken what', async () => {
      const acks = (log: string) =>
        log.split('\n').filter((line) => line.includes(`ADS:LDS: ACK ${pod}.${namespace}`)).length;
      await lesson.check(
        'before, its log has no word of what that proxy has taken',
        acks((await cluster.kubectl(...istiodLog)).stdout),
        (count) => count === 0,
      );
      await cluster.whileIstiodLogs('delta:debug', async () => {
        await cluster.revert('30-refuse-orders.yaml');
        await order.settlesOn(answered(200, pod));
        await cluster.eventually(
          'its log says that the proxy has taken the listeners without the policy',
          istiodLog,
          (log) => acks(log) > 0,
        );
      });
      const { stdout } = await cluster.attempt('istioctl', 'admin', 'log');
      await lesson.check('the level of that logger is info again', stdout, (said) => /^delta\s.*\sinfo\s/m.test(said));
    });
  },
);
