import { readDecisions } from '../istio/decision-log.ts';
import type { Contract } from './contract.ts';

/**
 * Bytes of a question about a call with the method GET, as a proxy sends it: an `envoy.service.auth.v3.CheckRequest` behind
 * the five bytes that gRPC puts before each message.
 */
const question = String.raw`\000\000\000\000\013\012\011\042\007\022\005\022\003GET`;
const url = 'http://opa:9191/envoy.service.auth.v3.Authorization/Check';
/** Asks from the curl pod, and prints the answer's bytes. */
const asked = `printf '${question}' | curl -s -m 3 --http2-prior-knowledge -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @- ${url} | od -An -tx1 -v`;

/** What the bytes say, as of a `CheckResponse`: its first field is the status of gRPC, which is empty for a yes. */
function inWords(bytes: string): string {
  const message = bytes.replaceAll(/\s|exit \d+$/g, '').slice(10);
  if (message.startsWith('0a00')) return 'yes';
  return message.startsWith('0a020807') ? 'no' : `no answer (${bytes.trim()})`;
}

/** Images that proxies ask about calls: OPA. */
export const contractsOfTheDeciders: readonly Contract[] = [
  {
    name: 'opa-decides',
    image: 'opa',
    expected:
      'started as another user than root, on a file system that it cannot write to, it answers a question of Envoy over gRPC by its policy, answers otherwise once it is told a fact, and writes both decisions down',
    usedBy: /openpolicyagent\/opa/,
    ask: async ({ apply, inPod, kubectl, until }) => {
      await apply('16-opa.yaml');
      const ready = await kubectl('wait', 'pod/opa', '--for=condition=Ready', '--timeout=60s');
      const ask = async () => inWords(await inPod('curl', 'sh', '-c', asked));
      const before = await until(ask, (seen) => seen === 'yes');
      const told = ['-s', '-m', '3', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'PUT', '-d', 'true'];
      const taken = await inPod('curl', 'curl', ...told, 'http://opa:8181/v1/data/freeze');
      const after = await ask();
      const decisions = readDecisions(await kubectl('logs', 'opa')).map(
        ({ method, allowed }) => `${method} ${allowed ? 'yes' : 'no'}`,
      );
      const [first = ''] = ready.split('\n');
      const [status = ''] = taken.split('\n');
      return `${first}; ${before}; told: ${status}; ${after}; log: ${decisions.slice(-2).join(', ')}`;
    },
    holds: (seen) => seen.endsWith('condition met; yes; told: 204; no; log: GET yes, GET no'),
  },
];
