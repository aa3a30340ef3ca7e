import type { Contract } from './contract.ts';

/** A contract that an image holds none of some programs: a lesson that used one would work on a stand-in alone. */
function lacks(image: string, workload: string, usedBy: RegExp, programs: readonly string[]): Contract {
  return {
    name: `${image}-lacks`,
    image,
    expected: `as in the original there is no ${programs.join(', ')}`,
    usedBy,
    ask: ({ inPod }) =>
      inPod(workload, 'sh', '-c', `for p in ${programs.join(' ')}; do command -v $p; done; echo "that is all"`),
    holds: (seen) => /^that is all\nexit 0\s*$/.test(seen),
  };
}

/** What images do not hold: read in the Dockerfiles of the originals, asked of whichever are in use. */
export const contractsOfTheStandIns: readonly Contract[] = [
  lacks('curl', 'curl', /curlimages\/curl/, [
    'bash',
    'perl',
    'apt-get',
    'dig',
    'tcpdump',
    'openssl',
    'jq',
    'psql',
    'node',
  ]),
  lacks('nginx', 'nginx', /library\/nginx/, ['busybox', 'wget', 'nc', 'dig', 'nslookup', 'tcpdump', 'psql', 'node']),
  lacks('hello', 'deployment/hello', /nginxdemos\/hello/, [
    'bash',
    'perl',
    'apt-get',
    'dig',
    'tcpdump',
    'psql',
    'node',
  ]),
  lacks('postgres', 'postgres', /library\/postgres/, [
    'busybox',
    'curl',
    'wget',
    'nc',
    'dig',
    'tcpdump',
    'ip',
    'nginx',
    'node',
  ]),
  lacks('test-server', 'test-server', /mesh-mastery\.dev\/test-server/, [
    'curl',
    'wget',
    'nc',
    'dig',
    'tcpdump',
    'ip',
    'psql',
  ]),
  lacks('netshoot', 'netshoot', /nicolaka\/netshoot/, ['kubectl', 'istioctl', 'node', 'psql']),
  {
    name: 'fortio-lacks',
    image: 'fortio',
    expected: 'as in the original there is no shell',
    usedBy: /fortio\/fortio/,
    ask: ({ inPod }) => inPod('fortio', 'sh', '-c', 'echo a shell'),
    holds: (seen) => /exit (126|127|1)\s*$/.test(seen) && /sh/.test(seen) && !seen.startsWith('a shell'),
  },
];
