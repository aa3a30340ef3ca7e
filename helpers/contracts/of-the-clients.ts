import { onNewConnections, readReplies } from '../calls/burst.ts';
import { manyAtOnce, readParallel } from '../calls/load.ts';
import { pgCommand } from '../calls/tcp-probe.ts';
import type { Contract } from './contract.ts';

const calls = /\.(curl|burstShows|newConnections|oneConnection|whileCalling|inParallel)\(/;
const inCurl =
  (script: string): Contract['ask'] =>
  ({ inPod }) =>
    inPod('curl', 'sh', '-c', script);
const inNetshoot =
  (script: string): Contract['ask'] =>
  ({ inPod }) =>
    inPod('netshoot', 'bash', '-c', script);

/** The images that call others: curl, netshoot and fortio. */
export const contractsOfTheClients: readonly Contract[] = [
  {
    name: 'curl-user',
    image: 'curl',
    expected: 'runs under the security context of the fixtures, as somebody who is not root',
    usedBy: /curlimages\/curl/,
    ask: inCurl('id -u; touch /tmp/x && echo "may write in /tmp"'),
    holds: (seen) => /^[1-9]\d*\nmay write in \/tmp\nexit 0\s*$/.test(seen),
  },
  {
    name: 'curl-shell',
    image: 'curl',
    expected: 'sh leaves {1..3} as it is, knows $EPOCHREALTIME with fractions, sleep 0.03 and seq',
    usedBy: calls,
    ask: inCurl('echo {1..3}; echo $EPOCHREALTIME; sleep 0.03 && seq 2; (sleep 0; true) & wait && echo waited'),
    holds: (seen) => /^\{1\.\.3\}\n\d{10}\.\d{3,}\n1\n2\nwaited\nexit 0\s*$/.test(seen),
  },
  {
    name: 'curl-lookup',
    image: 'curl',
    expected: 'getent hosts prints the address first, and the name',
    usedBy: /getent/,
    ask: inCurl('getent hosts nginx'),
    holds: (seen) => /^\d+(\.\d+){3}\s+nginx.*\nexit 0\s*$/.test(seen),
  },
  {
    name: 'curl-wget',
    image: 'curl',
    expected: 'busybox wget --spider succeeds silently, and complains of a name it does not know',
    usedBy: /busybox wget/,
    ask: inCurl(
      'busybox wget -q -T 2 --spider http://nginx && echo found; busybox wget -q -T 2 --spider http://no-such-name',
    ),
    holds: (seen) => /^found\nwget: .*\nexit 1\s*$/.test(seen),
  },
  {
    name: 'curl-output',
    image: 'curl',
    expected: '20 calls by one curl, each with its exit code, address and time, each on a connection of its own',
    usedBy: calls,
    ask: ({ inPod }) => inPod('curl', ...onNewConnections(20, ['http://nginx/'])),
    holds: (seen) => {
      const replies = readReplies(seen);
      return (
        replies.length === 20 &&
        replies.every((each) => each.status === 200 && each.curlExit === 0 && each.remoteIp !== '')
      );
    },
  },
  {
    name: 'curl-parallel',
    image: 'curl',
    expected: '50 calls at once, three times: none is lost',
    usedBy: /inParallel\(/,
    ask: async ({ inPod }) => {
      const counts: number[] = [];
      for (let time = 0; time < 3; time += 1) {
        const seen = await inPod('curl', ...manyAtOnce(50, 50, 'http://hello/'));
        counts.push(readParallel(seen).filter(({ status }) => status === 200).length);
      }
      return counts.join(' ');
    },
    holds: (seen) => seen === '50 50 50',
  },
  {
    name: 'curl-telnet',
    image: 'curl',
    expected: 'telnet:// is spoken, and a server that does not answer ends it by --max-time (curl 28) or its own end',
    usedBy: /telnet:\/\//,
    ask: ({ inPod }) => inPod('curl', 'curl', '-s', '-m', '2', 'telnet://postgres:5432'),
    holds: (seen) => /exit (28|0|56)\s*$/.test(seen) && !/not supported/i.test(seen),
  },
  {
    name: 'curl-netcat',
    image: 'curl',
    expected: 'busybox nc hands a database its question, and od shows the answer, one byte',
    usedBy: /\.pg\(|busybox nc/,
    ask: ({ inPod }) => inPod('curl', ...pgCommand('postgres')),
    holds: (seen) => /^\s*[NS]\s*exit 0\s*$/.test(seen),
  },
  {
    name: 'netshoot-lookup',
    image: 'netshoot',
    expected: 'dig +short, dig for a name that is not there, and the lines of nslookup',
    usedBy: /\b(dig|nslookup)\b/,
    ask: inNetshoot(
      'n=m0-contracts.svc.cluster.local; dig +short nginx.$n; dig no-such-name.$n | grep -o "status: [A-Z]*"; nslookup nginx.$n | grep -E "^(Name|Address)"',
    ),
    holds: (seen) => /^[\d.]+\nstatus: NXDOMAIN\nAddress[^]*Name:\s+nginx[^]*Address: [\d.]+\nexit 0\s*$/.test(seen),
  },
  {
    name: 'netshoot-which',
    image: 'netshoot',
    expected: 'which ends with 1 for a program that is not there, and names one that is',
    usedBy: /'which'/,
    ask: inNetshoot('which curl; which no-such-program'),
    holds: (seen) => /^\/\S*curl\nexit 1\s*$/.test(seen),
  },
  {
    name: 'netshoot-listen',
    image: 'netshoot',
    expected: 'busybox nc -ll takes one connection after another, and says so when its port is taken',
    usedBy: /busybox, nc/,
    ask: inNetshoot(
      'busybox nc -ll -p 8181 -e true & listener=$!; for i in $(seq 20); do (exec 3<>/dev/tcp/127.0.0.1/8181) 2>/dev/null && break; sleep 0.1; done; (exec 3<>/dev/tcp/127.0.0.1/8181) && echo again; busybox nc -ll -p 8181 -e true; kill $listener',
    ),
    holds: (seen) => /^again\n.*address (already )?in use/i.test(seen),
  },
  {
    name: 'netshoot-openssl',
    image: 'netshoot',
    expected:
      'openssl signs a certificate that names an identity, prints that name, and tells whether its time is over',
    usedBy: /openssl/,
    ask: inNetshoot(
      'cd /tmp; k="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /"; openssl req -x509 $k -keyout r.key -out r.pem -days 1 2>/dev/null; openssl req $k -keyout k -out csr 2>/dev/null; echo "subjectAltName=URI:spiffe://a/b" > ext; openssl x509 -req -in csr -CA r.pem -CAkey r.key -CAcreateserial -days 1 -extfile ext -out pem 2>/dev/null; openssl x509 -in pem -noout -ext subjectAltName -checkend 0; openssl pkey -in k -pubout | head -1',
    ),
    holds: (seen) => /URI:spiffe:\/\/a\/b\n[^]*will not expire\n-----BEGIN PUBLIC KEY-----\nexit 0\s*$/.test(seen),
  },
  {
    name: 'netshoot-tls',
    image: 'netshoot',
    expected: 'curl calls by TLS under a name that leads elsewhere, and trusts the certificate that it is given alone',
    usedBy: /--cacert/,
    ask: inNetshoot(
      'cd /tmp; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=a.example -addext subjectAltName=DNS:a.example -keyout t.key -out t.pem 2>/dev/null; openssl s_server -accept 8444 -cert t.pem -key t.key -www >/dev/null 2>&1 & server=$!; for i in $(seq 20); do (exec 3<>/dev/tcp/127.0.0.1/8444) 2>/dev/null && break; sleep 0.1; done; ask() { curl -s -o /dev/null -w "%{http_code}\\n" "$@" --connect-to a.example:443:127.0.0.1:8444 https://a.example/; }; ask --cacert t.pem; ask; kill $server',
    ),
    holds: (seen) => seen.startsWith('200\n000\n'),
  },
  {
    name: 'netshoot-capture',
    image: 'netshoot',
    expected: 'tcpdump in an ephemeral container says when it listens, prints packets, and counts those it dropped',
    usedBy: /\.capture\(/,
    ask: async ({ kubectl, inPod, until }) => {
      const words = ['tcpdump', '--immediate-mode', '-l', '-n', '-i', 'eth0', '-A', 'tcp port 80'];
      const image = '--image=docker.io/nicolaka/netshoot:v0.16';
      await kubectl(
        'debug',
        'pod/nginx',
        '--profile=netadmin',
        image,
        '--container=capture',
        '--quiet',
        '--',
        ...words,
      );
      const log = () => kubectl('logs', 'nginx', '--container', 'capture');
      await until(log, (seen) => seen.includes('listening on'));
      await inPod('curl', 'curl', '-s', 'http://nginx/');
      await kubectl('exec', 'nginx', '--container', 'capture', '--', 'bash', '-c', 'kill -INT 1');
      const seen = await until(log, (text) => text.includes('dropped by kernel'));
      return seen
        .split('\n')
        .filter((line) => /listening on|GET \/ HTTP|by kernel|captured/.test(line))
        .join('\n');
    },
    holds: (seen) =>
      /listening on eth0[^]*GET \/ HTTP\/1\.1[^]*[1-9]\d* packets captured[^]*\b0 packets dropped by kernel/.test(seen),
  },
  {
    name: 'fortio-result',
    image: 'fortio',
    expected: 'fortio load -json - prints JSON with RetCodes and a histogram, called without a shell',
    usedBy: /fortio/,
    ask: async ({ inPod }) => {
      const seen = await inPod(
        'fortio',
        'fortio',
        'load',
        '-quiet',
        '-c',
        '1',
        '-n',
        '10',
        '-qps',
        '0',
        '-json',
        '-',
        'http://nginx/',
      );
      const [json] = /^\{[^]*^\}/m.exec(seen) ?? [];
      if (json === undefined) return seen;
      const { RetCodes, DurationHistogram } = JSON.parse(json) as {
        RetCodes?: object;
        DurationHistogram?: { Count?: number };
      };
      return `${JSON.stringify(RetCodes)}, ${DurationHistogram?.Count} in the histogram`;
    },
    holds: (seen) => seen === '{"200":10}, 10 in the histogram',
  },
];
