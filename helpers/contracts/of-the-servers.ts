import { answeringPod, readHttp } from '../calls/answer.ts';
import type { Contract, Site } from './contract.ts';

/** One call from the curl pod, with status line and headers. */
const call = ({ inPod }: Site, ...args: readonly string[]) => inPod('curl', 'curl', '-s', '-i', '-m', '3', ...args);

/** What an access log has of one call: the address, the call, the status. */
const logLine = /^\d+(\.\d+){3} - - \[[^\]]+\] "GET \/marked HTTP\/1\.1" \d{3} \d+ "-" "curl\/[\d.]+" "-"$/m;

/** The line of an access log that a call left there. */
async function logged(site: Site, service: string, log: readonly string[]): Promise<string> {
  await call(site, `http://${service}/marked`);
  const seen = await site.until(
    () => site.kubectl('logs', ...log),
    (text) => text.includes('/marked'),
  );
  return seen.split('\n').find((line) => /- -.*\/marked/.test(line)) ?? 'no line of that call';
}

/** The images that are called: nginx, hello, PostgreSQL and the course's own test server. */
export const contractsOfTheServers: readonly Contract[] = [
  {
    name: 'nginx-page',
    image: 'nginx',
    expected: 'the welcome page on /, 404 elsewhere, server: nginx',
    usedBy: /library\/nginx/,
    ask: async (site) => {
      const page = await call(site, 'http://nginx/');
      const other = await call(site, 'http://nginx/nowhere');
      const { headers, status } = readHttp(page);
      return `${status}, server: ${headers['server']}, ${/Welcome to nginx!/.exec(page)?.[0] ?? 'another page'}, begins ${/<!DOCTYPE html>/i.exec(page)?.[0] ?? 'otherwise'}; elsewhere ${readHttp(other).status}`;
    },
    holds: (seen) =>
      /^200, server: nginx\/[\d.]+, Welcome to nginx!, begins <!DOCTYPE html>; elsewhere 404$/i.test(seen),
  },
  {
    name: 'nginx-log',
    image: 'nginx',
    expected: 'a line in the log for each call, that begins with the address of the caller',
    usedBy: /library\/nginx/,
    ask: (site) => logged(site, 'nginx', ['nginx']),
    holds: (seen) => logLine.test(seen),
  },
  {
    name: 'nginx-curl',
    image: 'nginx',
    expected: 'curl 7.84 or newer, and a shell',
    usedBy: /library\/nginx/,
    ask: ({ inPod }) => inPod('nginx', 'sh', '-c', 'curl --version | head -n 1'),
    holds: (seen) => {
      const [, major, minor] = /^curl (\d+)\.(\d+)/.exec(seen) ?? [];
      return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 84);
    },
  },
  {
    name: 'hello-page',
    image: 'hello',
    expected: 'GET on any path, and HEAD, are 200; the page names the pod that answers',
    usedBy: /nginxdemos\/hello/,
    ask: async (site) => {
      const page = readHttp(await call(site, 'http://hello/any/path'));
      const head = readHttp(await call(site, '--head', 'http://hello/'));
      return `GET ${page.status} from ${answeringPod(page.body) ?? 'nobody'}, HEAD ${head.status}`;
    },
    holds: (seen) => /^GET 200 from hello-[a-z0-9]+-[a-z0-9]+, HEAD 200$/.test(seen),
  },
  {
    name: 'hello-methods',
    image: 'hello',
    expected: 'POST and DELETE are 405',
    usedBy: /answered\(405\)/,
    ask: async (site) => {
      const statuses = ['POST', 'DELETE'].map(async (method) => {
        const { status } = readHttp(await call(site, '-X', method, 'http://hello/'));
        return `${method} ${status}`;
      });
      return (await Promise.all(statuses)).join(', ');
    },
    holds: (seen) => seen === 'POST 405, DELETE 405',
  },
  {
    name: 'hello-log',
    image: 'hello',
    expected: 'a line in the log for each call, and no word of an error when it starts',
    usedBy: /nginxdemos\/hello/,
    ask: async (site) => {
      const line = await logged(site, 'hello', ['--selector', 'app=hello', '--tail=-1']);
      const start = await site.kubectl('logs', '--selector', 'app=hello', '--tail=-1');
      return `${line}\n${start.split('\n').filter((each) => /error/i.test(each)).length} lines of errors`;
    },
    holds: (seen) => logLine.test(seen) && seen.endsWith('\n0 lines of errors'),
  },
  {
    name: 'postgres-refusal',
    image: 'postgres',
    expected: 'without a password it does not start, and its log says why',
    usedBy: /superuser password/,
    ask: async ({ apply, kubectl, until }) => {
      await apply('11-refuses-to-start.yaml');
      return until(
        () => kubectl('logs', 'postgres-without-password'),
        (seen) => seen.includes('uninitialized'),
      );
    },
    holds: (seen) => /Database is uninitialized and superuser password is not specified/.test(seen),
  },
  {
    name: 'postgres-connections',
    image: 'postgres',
    expected: 'psql asks it from its own pod, and log_connections has the line of a connection',
    usedBy: /log_connections|psql/,
    ask: async ({ inPod, kubectl, until }) => {
      const asked = await inPod('postgres', 'psql', '-U', 'postgres', '-h', '127.0.0.1', '-tAc', 'SELECT 1');
      const log = await until(
        () => kubectl('logs', 'postgres'),
        (seen) => /connection received: host=127/.test(seen),
      );
      return `${asked.trim().replace('\n', ', ')}; ${/connection received: host=127\.0\.0\.1/.exec(log)?.[0] ?? 'no line'}`;
    },
    holds: (seen) => /^1, exit 0; connection received: host=127\.0\.0\.1$/.test(seen),
  },
  {
    name: 'postgres-bash',
    image: 'postgres',
    expected: 'bash with /dev/tcp, and timeout',
    usedBy: /\/dev\/tcp/,
    ask: ({ inPod }) =>
      inPod(
        'postgres',
        'bash',
        '-c',
        'exec 3<>/dev/tcp/nginx/80; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; timeout 5 cat <&3 | head -n 1',
      ),
    holds: (seen) => /^HTTP\/1\.1 200 OK\s*\nexit 0\s*$/.test(seen),
  },
  {
    name: 'test-server-fault',
    image: 'test-server',
    expected: 'the command of the lessons makes it fail and heals it; it runs by node, not as root, on port 80',
    usedBy: /\.fault\(/,
    ask: async (site) => {
      const who = await site.inPod('test-server', 'sh', '-c', 'node --version; id -u');
      const status = async () => readHttp(await call(site, 'http://test-server/')).status;
      const told = async (word: string) => {
        const seen = await site.inPod('test-server', 'node', 'server.mjs', 'fault', word);
        return `${/exit \d+/.exec(seen)?.[0]}: ${await status()}`;
      };
      return `${who.trim().split('\n').join(' ')}; at first ${await status()}; fault ${await told('status=500')}; none ${await told('none')}`;
    },
    holds: (seen) => /^v\d+\S* [1-9]\d* exit 0; at first 200; fault exit 0: 500; none exit 0: 200$/.test(seen),
  },
];
