import { BlockList, isIPv6 } from 'node:net';

import { answered, answeringPod, exercise, nameNotFound } from '../../../helpers/index.ts';

const podLines =
  'jsonpath={range .items[*]}{.metadata.name} {.status.podIP} {.status.containerStatuses[*].ready}{"\\n"}{end}';
const endpointLines =
  'jsonpath={range .items[*]}{range .endpoints[*]}{.addresses[0]} {.conditions.ready}{"\\n"}{end}{.ports[*].port}{end}';
const slices = ['get', 'endpointslices', '-l', 'kubernetes.io/service-name=backend', '-o', endpointLines];
const lines = (text: string) => text.trim().split('\n');

exercise(
  'Service gives three pods one name and one address',
  {
    persona: 'Sarah Martinez',
    question: 'What does Kubernetes give me already, before anyone talks me into a mesh?',
    proof:
      "The pods' addresses, the Service's and the ranges they come from are read from the cluster, none is assumed. The name has exactly one record, which is the Service's address and no pod's; the two tiers are told apart by what they answer, since the first line of both pages is the same; and a name that nobody has fails in a way of its own, in the same pod and the same minute.",
    takeaway:
      'Callers know one name; it resolves to one virtual address, and which pods stand behind it is not their business.',
    needs: ['k8s'],
    proves: ['m1.e1.a1', 'm1.e1.a2', 'm1.e1.a3', 'm1.e1.a4', 'm1.e1.a5'],
    errata: ['E101', 'E103', 'E104', 'E107', 'E150'],
    readMore: 'https://kubernetes.io/docs/concepts/services-networking/service/',
  },
  async ({ lesson, cluster }) => {
    await cluster.deploy('10-setup.yaml');
    const namespace = cluster.namespaces[0] ?? '';
    const debug = cluster.client('pod/debug');
    const fqdn = `backend.${namespace}.svc.cluster.local`;
    let backends: string[] = [];
    let podIps: string[] = [];
    let clusterIp = '';

    await lesson.step('Three backend pods run under one label, each with an address of its own', async () => {
      backends = lines((await cluster.kubectl('get', 'pods', '-l', 'app=backend', '-o', podLines)).stdout);
      podIps = backends.map((line) => line.split(' ')[1] ?? '').toSorted();
      await lesson.check(
        'three are Ready, with three addresses',
        backends,
        (pods) => pods.length === 3 && new Set(podIps).size === 3 && pods.every((pod) => pod.endsWith(' true')),
      );
      const frontends = lines((await cluster.kubectl('get', 'pods', '-l', 'app=frontend', '-o', podLines)).stdout);
      await lesson.check(
        'and one frontend',
        frontends,
        (pods) => pods.length === 1 && pods.every((pod) => pod.endsWith(' true')),
      );
    });

    await lesson.step('The Service has an address that is no pod, and lists exactly those pods', async () => {
      clusterIp = (await cluster.kubectl('get', 'service', 'backend', '-o', 'jsonpath={.spec.clusterIP}')).stdout;
      const ranges = (await cluster.kubectl('get', 'servicecidrs', '-o', 'jsonpath={.items[*].spec.cidrs[*]}')).stdout;
      await lesson.check(
        "it lies in the cluster's range for Services, and is no pod's address",
        { clusterIp, ranges, podIps },
        (seen) => inAnyOf(seen.ranges.split(' '), seen.clusterIp) && !seen.podIps.includes(seen.clusterIp),
      );
      await cluster.eventually('its EndpointSlices hold exactly the three pods, ready, on port 80', slices, (text) => {
        const [port, ...endpoints] = lines(text).toReversed();
        return port === '80' && endpoints.toSorted().join() === podIps.map((ip) => `${ip} true`).join();
      });
      await lesson.check(
        'the older kubectl get endpoints warns that it is deprecated',
        (await cluster.kubectl('get', 'endpoints', 'backend')).stderr,
        (warning) => /deprecated.*EndpointSlice/.test(warning),
      );
    });

    await lesson.step('By name, each tier answers with something only it would say', async () => {
      await debug.curl('http://frontend/').settlesOn(answered(200, 'Welcome to nginx!'));
      const page = await debug.curl('http://backend/').settlesOn(answered(200, '<span>backend-'));
      await lesson.check('the backend names one of its three pods', answeringPod(page.http.body) ?? '', (name) =>
        backends.some((line) => line.startsWith(`${name} `)),
      );
      const firstLine = async (tier: string) =>
        (await debug.run('sh', '-c', `curl -sS http://${tier} | head -n 1`)).stdout;
      await lesson.check(
        'the first line, which the text looks at, is the same for both, so it cannot tell whose it is',
        [await firstLine('frontend'), await firstLine('backend')],
        ([frontend, backend]) => frontend === backend && frontend?.trim() === '<!DOCTYPE html>',
      );
    });

    await lesson.step('The name has one record: the address of the Service', async () => {
      await debug.eventually(
        'dig finds one address, the virtual one',
        ['dig', '+short', fqdn, 'A'],
        ({ stdout }) => lines(stdout).join() === clusterIp,
      );
      await debug.eventually("the pod's own resolver agrees", ['getent', 'hosts', fqdn], ({ stdout }) =>
        stdout.startsWith(`${clusterIp} `),
      );
    });

    await lesson.step('And a name that nobody has ends before any call', async () => {
      await debug.curl('http://nosuch/').settlesOn(nameNotFound);
      await debug.eventually(
        'the name service says NXDOMAIN',
        ['dig', fqdn.replace('backend', 'nosuch')],
        ({ stdout }) => stdout.includes('status: NXDOMAIN'),
      );
      await debug.curl('http://backend/').settlesOn(answered(200, '<span>backend-'), { inARow: 1 });
    });

    await lesson.step('And three commands of the text do something else than it says', async () => {
      const { exitCode, stderr } = await cluster.shell('**kubectl** expose deployment frontend --port=80');
      await lesson.check(
        'the one with bold marks is no command',
        `exit ${exitCode}: ${stderr}`,
        () => exitCode === 127,
      );
      const run = ['run', 'attacker', '--image=docker.io/curlimages/curl:8.22.0', '--dry-run=server'];
      const restart = [...run, '-o', 'jsonpath={.spec.restartPolicy}'];
      const policies = [await cluster.kubectl(...restart), await cluster.kubectl(...restart, '--restart=Never')];
      await lesson.check(
        'kubectl run restarts what failed, unless it is told otherwise',
        policies.map(({ stdout }) => stdout),
        ([bare, told]) => bare === 'Always' && told === 'Never',
      );
      const ports = 'jsonpath={.spec.ports}';
      const expose = [
        'expose',
        'deployment',
        'frontend',
        '--port=80',
        '--name=exposed',
        '--dry-run=client',
        '-o',
        ports,
      ];
      const exposed = await cluster.kubectl(...expose);
      const ours = await cluster.kubectl('get', 'service', 'frontend', '-o', ports);
      await lesson.check(
        'kubectl expose leaves the port without a name; the manifest of this lesson names it',
        [exposed.stdout, ours.stdout],
        ([made, written]) => made !== '' && !made?.includes('"name"') && written?.includes('"name":"http"') === true,
      );
    });
  },
);

/** True if one of the ranges, e.g. `10.96.0.0/16`, holds the address. */
function inAnyOf(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [net = '', bits] = range.split('/');
    list.addSubnet(net, Number(bits), isIPv6(net) ? 'ipv6' : 'ipv4');
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
