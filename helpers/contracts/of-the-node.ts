import type { Contract, Site } from './contract.ts';

const everything = /./;
/** Nameless: nothing in the lessons says that these are used. */
const none = /(?!)/;

/** Milliseconds by bash: busybox' date knows no fractions. */
const now = '${EPOCHREALTIME/./}/1000';

/** Calls until one fails; prints how it failed, after how many more calls and how many milliseconds. */
const untilRefused = `t=$((${now})); n=0; while [ $n -lt 500 ]; do curl -s -o /dev/null -m 1 http://guarded/; code=$?; [ $code = 0 ] || break; n=$((n+1)); done; echo "curl exits with $code after $n more calls and $((${now}-t)) ms"`;

/** Calls for three seconds; prints how many of the calls were answered. */
const threeSeconds = (address: string) =>
  `end=$(($(date +%s)+3)); n=0; through=0; while [ $(date +%s) -lt $end ]; do n=$((n+1)); curl -s -o /dev/null -m 0.3 http://${address}/ && through=$((through+1)); done; echo "$through of $n calls got through"`;

/** Opens a connection, waits until it is told to go on, and uses it. */
const openConnection =
  'rm -f /tmp/go /tmp/open; exec 3<>/dev/tcp/guarded/80 && touch /tmp/open; until [ -e /tmp/go ]; do sleep 0.1; done; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; read -t 5 -r line <&3 && echo "open connection: survives" || echo "open connection: is cut"';

async function underNewPolicy({ inPod, apply, until }: Site): Promise<string> {
  const held = inPod('netshoot', 'bash', '-c', openConnection);
  const isOpen = await until(
    () => inPod('netshoot', 'ls', '/tmp/open'),
    (seen) => seen.includes('exit 0'),
  );
  await apply('20-guard.yaml');
  const refused = await inPod('netshoot', 'bash', '-c', untilRefused);
  await inPod('netshoot', 'touch', '/tmp/go');
  return `${isOpen.includes('exit 0') ? '' : 'no connection was opened\n'}${refused}\n${await held}`;
}

/** The node: Kubernetes itself, its DNS, its network, and what is on it. */
export const contractsOfTheNode: readonly Contract[] = [
  {
    name: 'node-api',
    image: 'node',
    expected: 'the API server tells its version, and api-resources exits with 0',
    usedBy: everything,
    ask: async ({ kubectl, inPod }) => {
      const [, version = 'unknown'] =
        /"serverVersion"[^]*?"gitVersion": "([^"]+)"/.exec(await kubectl('version', '-o', 'json')) ?? [];
      const cgroups = (await inPod('netshoot', 'stat', '-fc', '%T', '/sys/fs/cgroup')).split('\n')[0];
      const [resources = ''] = (await kubectl('api-resources', '-o', 'name')).split('\n').slice(-1);
      return `server ${version}; cgroups: ${cgroups === 'cgroup2fs' ? 'version 2' : 'version 1'}; api-resources: ${resources}`;
    },
    holds: (seen) => /^server v1\.\d+.*; api-resources: exit 0$/.test(seen),
  },
  {
    name: 'node-dns-lifetime',
    image: 'node',
    expected: 'a name of the cluster is answered with a lifetime of 0 seconds, by a CoreDNS that is Available',
    usedBy: /kind: Service\b/,
    ask: async ({ kubectl, inPod }) =>
      `${await kubectl('-n', 'kube-system', 'wait', 'deployment/coredns', '--for=condition=Available', '--timeout=5s')}\n${await inPod('netshoot', 'dig', '+noall', '+answer', 'nginx.m0-contracts.svc.cluster.local')}`,
    holds: (seen) => /condition met/.test(seen) && /^nginx\S+\s+0\s+IN\s+A\s+[\d.]+/m.test(seen),
  },
  {
    name: 'node-dns-fresh',
    image: 'node',
    expected: 'a name can be looked up within a second of its Service being made',
    usedBy: /kind: Service\b/,
    ask: async ({ apply, inPod }) => {
      await apply('12-fresh-service.yaml');
      return inPod(
        'netshoot',
        'bash',
        '-c',
        `t=$((${now})); for i in $(seq 50); do getent hosts fresh >/dev/null && break; sleep 0.1; done; getent hosts fresh; echo "after $((${now}-t)) ms"`,
      );
    },
    holds: (seen) => /^\d+(\.\d+){3}\s+fresh/m.test(seen) && Number(/after (\d+) ms/.exec(seen)?.[1]) <= 1_000,
  },
  {
    name: 'node-policy',
    image: 'node',
    expected:
      'a new policy drops (curl 28) or rejects (curl 7) within ten seconds; an open connection may survive or not',
    usedBy: /kind: NetworkPolicy\b/,
    ask: underNewPolicy,
    holds: (seen) => {
      const [, code, ms] = /curl exits with (\d+) after \d+ more calls and (\d+) ms/.exec(seen) ?? [];
      return (code === '28' || code === '7') && Number(ms) <= 10_000 && /open connection: (survives|is cut)/.test(seen);
    },
  },
  {
    name: 'node-policy-new-pod',
    image: 'node',
    expected:
      'calls to a new pod under a policy are counted for three seconds: how many get through is a figure, no demand',
    usedBy: /newGuardedPod/,
    ask: async ({ apply, kubectl, inPod }) => {
      await apply('21-new-guarded-pod.yaml');
      await kubectl('wait', 'pod/newly-guarded', '--for=jsonpath={.status.podIP}', '--timeout=30s');
      const told = await kubectl('get', 'pod/newly-guarded', '-o', 'jsonpath={.status.podIP}');
      return inPod('curl', 'sh', '-c', threeSeconds(/\d+(\.\d+){3}/.exec(told)?.[0] ?? 'no-address'));
    },
    holds: (seen) => Number(/of (\d+) calls/.exec(seen)?.[1]) > 0,
  },
  {
    name: 'node-affinity',
    image: 'node',
    expected: 'a Service with sessionAffinity leads one caller to one pod of two',
    usedBy: /sessionAffinity/,
    ask: ({ inPod }) =>
      inPod(
        'curl',
        'sh',
        '-c',
        "for i in $(seq 20); do curl -s http://hello-sticky/ | grep -o 'hello-[a-z0-9]*-[a-z0-9]*' | head -n 1; done | sort | uniq -c",
      ),
    holds: (seen) => /^\s*20 hello-\S+\nexit 0\s*$/.test(seen),
  },
  {
    name: 'node-nobody',
    image: 'node',
    expected: 'a Service without pods refuses (curl 7) or does not answer (curl 28)',
    usedBy: /connectionRefused/,
    ask: ({ inPod }) => inPod('curl', 'curl', '-s', '-m', '3', 'http://nobody/'),
    holds: (seen) => /exit (7|28)\s*$/.test(seen),
  },
  {
    name: 'node-programs',
    image: 'node',
    expected: 'a root shell on the node finds nft',
    usedBy: none,
    alsoUsedBy: 'make faults: exec-cut, certificate-expired',
    ask: async ({ apply, kubectl, inPod }) => {
      await apply('22-on-the-node.yaml');
      await kubectl('wait', 'pod/on-the-node', '--for=condition=Ready', '--timeout=30s');
      return inPod('on-the-node', 'chroot', '/proc/1/root', 'sh', '-c', 'PATH=$PATH:/bin/aux; command -v nft');
    },
    holds: (seen) => /\/nft\nexit 0\s*$/.test(seen),
  },
  {
    name: 'node-images',
    image: 'node',
    expected: 'the images of the course itself are on the node, and the kubelet never collects images',
    usedBy: /mesh-mastery\.dev\/test-server/,
    ask: async ({ kubectl }) => {
      const nodes = await kubectl('get', 'nodes', '-o', 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}');
      const node = nodes.split('\n')[0] ?? '';
      const limit = await kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/configz`);
      const images = await kubectl('get', 'nodes', '-o', 'jsonpath={.items[*].status.images[*].names}');
      return `${/mesh-mastery\.dev\/test-server:\w+/.exec(images)?.[0] ?? 'no test-server'}; ${/"imageGCHighThresholdPercent":\d+/.exec(limit)?.[0] ?? 'no limit known'}`;
    },
    holds: (seen) => /^mesh-mastery\.dev\/test-server:\w+; "imageGCHighThresholdPercent":100\s*$/.test(seen),
  },
];
