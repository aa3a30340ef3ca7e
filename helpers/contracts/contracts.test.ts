import { expect, test } from 'vitest';

import { imageRecipes, secondIstio, versions } from '../../kind/catalogue.ts';
import { inOneLine } from '../runs/contract-run.ts';
import { contracts } from './contracts.ts';
import { inDoubt, readDependents } from './dependents.ts';
import { printed } from './site.ts';

const page = (status: number) => `HTTP/1.1 ${status} OK\r\nServer: nginx/1.30.5\r\n\r\nx\n@call 0 10.0.0.1 0.001\n`;
const identity = 'spiffe://cluster.local/ns/m0-contracts/sa/meshed-caller';

const session = {
  kept: 'out\nerr\nexit 3\nout\nin a session\nerr\nexit 3',
  broken: [
    // kubectl stood in for a session that was not to be had.
    'out\nerr\nexit 3\nout\nerr\nexit 3',
    'out\nerr\nexit 3\nout\nin a session\nerr\nexit 0',
    'exit 127\nexit 1',
  ],
};

/** What an image that keeps the contract prints, and what images that break it would. */
const samples: Readonly<Record<string, { readonly kept: string; readonly broken: readonly string[] }>> = {
  'curl-session': session,
  'netshoot-session': session,
  'nginx-session': session,
  'postgres-session': session,
  'test-server-session': session,
  'node-api': {
    kept: 'server v1.36.5+k3s1; cgroups: version 2; api-resources: exit 0',
    // metrics-server is registered and not ready: discovery of one group fails.
    broken: [
      'server v1.36.5+k3s1; cgroups: version 2; api-resources: exit 1',
      'server unknown; cgroups: version 1; api-resources: exit 0',
    ],
  },
  'node-dns-lifetime': {
    kept: 'deployment.apps/coredns condition met\nexit 0\nnginx.m0-contracts.svc.cluster.local. 0 IN A 10.96.1.1\nexit 0',
    broken: [
      'deployment.apps/coredns condition met\nexit 0\nnginx.m0-contracts.svc.cluster.local. 5 IN A 10.43.1.1\nexit 0',
      'error: timed out waiting for the condition\nexit 1\n;; connection timed out; no servers could be reached\nexit 9',
    ],
  },
  'node-dns-fresh': {
    kept: '10.96.92.210    fresh.m0-contracts.svc.cluster.local\nafter 8 ms\nexit 0',
    broken: ['10.96.92.210    fresh\nafter 4870 ms\nexit 0', 'after 5210 ms\nexit 0'],
  },
  'node-policy': {
    kept: 'curl exits with 7 after 12 more calls and 640 ms\nexit 0\nopen connection: survives\nexit 0',
    broken: [
      'curl exits with 0 after 500 more calls and 9000 ms\nexit 0\nopen connection: survives\nexit 0',
      'curl exits with 6 after 0 more calls and 3 ms\nexit 0\nopen connection: survives\nexit 0',
      'no connection was opened\ncurl exits with 28 after 0 more calls and 1020 ms\nexit 0\nexit 1',
    ],
  },
  'node-policy-new-pod': {
    kept: '9 of 60 calls got through\nexit 0',
    broken: ['sh: not found\nexit 127', '0 of 0 calls got through\nexit 0'],
  },
  'node-affinity': {
    kept: '     20 hello-6bfd4455df-dfmls\nexit 0',
    broken: ['      9 hello-6bfd4455df-dfmls\n     11 hello-6bfd4455df-x2x9k\nexit 0', 'exit 0'],
  },
  'node-nobody': { kept: 'exit 7', broken: ['exit 0', 'exit 6'] },
  'node-programs': { kept: '/bin/aux/nft\nexit 0', broken: ['exit 127', 'exit 1'] },
  'node-images': {
    kept: 'mesh-mastery.dev/test-server:1; "imageGCHighThresholdPercent":100',
    broken: [
      'no test-server; "imageGCHighThresholdPercent":100',
      'mesh-mastery.dev/test-server:1; "imageGCHighThresholdPercent":85',
    ],
  },
  'curl-user': {
    kept: '100\nmay write in /tmp\nexit 0',
    broken: [
      '0\nmay write in /tmp\nexit 0',
      'error: unable to upgrade connection: container not found ("curl")\nexit 1',
    ],
  },
  'curl-shell': {
    kept: '{1..3}\n1795548629.779335\n1\n2\nwaited\nexit 0',
    broken: ['1 2 3\n1795548629.779335\n1\n2\nwaited\nexit 0', '{1..3}\n\n1\n2\nwaited\nexit 0'],
  },
  'curl-lookup': {
    kept: '10.96.214.218     nginx.m0-contracts.svc.cluster.local  nginx.m0-contracts.svc.cluster.local\nexit 0',
    broken: ['exit 2', 'sh: getent: not found\nexit 127'],
  },
  'curl-wget': {
    kept: "found\nwget: bad address 'no-such-name'\nexit 1",
    broken: ['sh: busybox: not found\nsh: busybox: not found\nexit 127', 'found\nexit 0'],
  },
  'curl-output': {
    kept: `${page(200).repeat(20)}exit 0`,
    broken: [
      `${page(200).repeat(19)}exit 0`,
      `${page(200).repeat(20).replaceAll('@call 0', '@call %{exitcode}')}exit 0`,
    ],
  },
  // curl 8.11.1 closes an eventfd twice, and so loses calls: https://github.com/curl/curl/issues/15725
  'curl-parallel': { kept: '50 50 50', broken: ['50 49 50'] },
  'curl-telnet': { kept: 'exit 28', broken: ['curl: (1) Protocol "telnet" not supported\nexit 1'] },
  'curl-netcat': {
    kept: '   N\nexit 0',
    broken: ["nc: bad address 'postgres'\nexit 0", 'sh: busybox: not found\nexit 127', 'exit 0'],
  },
  'netshoot-lookup': {
    kept: '10.96.1.1\nstatus: NXDOMAIN\nAddress:\t10.96.0.10#53\nName:\tnginx.m0-contracts.svc.cluster.local\nAddress: 10.96.1.1\nexit 0',
    // busybox' nslookup has other lines.
    broken: ['10.96.1.1\nstatus: NXDOMAIN\nAddress: 10.96.0.10:53\nexit 0', 'bash: dig: command not found\nexit 127'],
  },
  'netshoot-which': {
    kept: '/usr/bin/curl\nexit 1',
    broken: ['bash: which: command not found\nexit 127', '/usr/bin/curl\nexit 0'],
  },
  'netshoot-listen': {
    kept: 'again\nnc: bind: Address in use\nexit 0',
    // The nc of OpenBSD knows no -e.
    broken: ['nc: invalid option -- e\nexit 1', 'nc: bind: Address in use\nexit 0'],
  },
  'netshoot-openssl': {
    kept: 'X509v3 Subject Alternative Name: \n    URI:spiffe://a/b\nCertificate will not expire\n-----BEGIN PUBLIC KEY-----\nexit 0',
    broken: ['bash: line 1: openssl: command not found\nexit 0', 'Certificate will expire\nexit 1'],
  },
  'netshoot-tls': { kept: '200\n000\nexit 0', broken: ['000\n000\nexit 0', '200\n200\nexit 0'] },
  'netshoot-capture': {
    kept: 'listening on eth0, link-type EN10MB\nGET / HTTP/1.1\n10 packets captured\n0 packets dropped by kernel',
    broken: [
      'listening on eth0, link-type EN10MB\nGET / HTTP/1.1\n10 packets captured\n3 packets dropped by kernel',
      'listening on eth0, link-type EN10MB\n0 packets captured\n0 packets dropped by kernel',
    ],
  },
  'fortio-result': {
    kept: '{"200":10}, 10 in the histogram',
    broken: ['{"200":9,"-1":1}, 10 in the histogram', 'undefined, undefined in the histogram'],
  },
  'nginx-page': {
    kept: '200, server: nginx/1.30.5, Welcome to nginx!, begins <!DOCTYPE html>; elsewhere 404',
    broken: [
      '200, server: nginx, another page, begins <!DOCTYPE html>; elsewhere 200',
      '0, server: undefined, another page, begins otherwise; elsewhere 0',
    ],
  },
  'nginx-log': {
    kept: '10.244.0.12 - - [24/Nov/2026:19:30:35 +0000] "GET /marked HTTP/1.1" 404 153 "-" "curl/8.22.0" "-"',
    broken: ['no line of that call', '{"client":"10.244.0.12","path":"/marked"}'],
  },
  'nginx-curl': { kept: 'curl 8.14.1 (x86_64-pc-linux-gnu)\nexit 0', broken: ['curl 7.83.1\nexit 0', 'exit 127'] },
  'hello-page': {
    kept: 'GET 200 from hello-6bfd4455df-j2mxv, HEAD 200',
    broken: ['GET 200 from nobody, HEAD 200', 'GET 200 from hello-6bfd4455df-j2mxv, HEAD 405'],
  },
  'hello-methods': { kept: 'POST 405, DELETE 405', broken: ['POST 200, DELETE 405'] },
  'hello-log': {
    kept: '10.244.0.12 - - [24/Nov/2026:19:30:35 +0000] "GET /marked HTTP/1.1" 200 7231 "-" "curl/8.22.0" "-"\n0 lines of errors',
    broken: [
      'no line of that call\n0 lines of errors',
      '10.244.0.12 - - [24/Nov/2026:19:30:35 +0000] "GET /marked HTTP/1.1" 200 7231 "-" "curl/8.22.0" "-"\n2 lines of errors',
    ],
  },
  'postgres-refusal': {
    kept: 'Error: Database is uninitialized and superuser password is not specified.\nexit 0',
    broken: ['database system is ready to accept connections\nexit 0'],
  },
  'postgres-connections': {
    kept: '1, exit 0; connection received: host=127.0.0.1',
    broken: ['1, exit 0; no line', 'psql: not found, exit 127; no line'],
  },
  'postgres-bash': { kept: 'HTTP/1.1 200 OK\r\nexit 0', broken: ['sh: bash: not found\nexit 127', 'exit 0'] },
  'test-server-fault': {
    kept: 'v24.21.0 65532 exit 0; at first 200; fault exit 0: 500; none exit 0: 200',
    // Without curl in the image, a fault set by curl never happens.
    broken: [
      'v24.21.0 65532 exit 0; at first 200; fault exit 127: 200; none exit 127: 200',
      'v24.21.0 0 exit 0; at first 200; fault exit 0: 500; none exit 0: 200',
    ],
  },
  'curl-lacks': { kept: 'that is all\nexit 0', broken: ['/bin/bash\nthat is all\nexit 0', 'sh: not found\nexit 127'] },
  'nginx-lacks': { kept: 'that is all\nexit 0', broken: ['/usr/bin/dig\nthat is all\nexit 0'] },
  'hello-lacks': { kept: 'that is all\nexit 0', broken: ['/usr/bin/psql\nthat is all\nexit 0'] },
  'netshoot-lacks': { kept: 'that is all\nexit 0', broken: ['/usr/bin/kubectl\nthat is all\nexit 0'] },
  'postgres-lacks': { kept: 'that is all\nexit 0', broken: ['/usr/bin/curl\nthat is all\nexit 0'] },
  'test-server-lacks': { kept: 'that is all\nexit 0', broken: ['/usr/bin/curl\nthat is all\nexit 0'] },
  'fortio-lacks': {
    kept: 'error: Internal error occurred: exec failed: exec: "sh": executable file not found in $PATH\nexit 1',
    broken: ['a shell\nexit 0'],
  },
  'pilot-version': {
    kept: 'istioctl 1.31-eed52ebb66ad, istiod 1.31.1',
    broken: ['istioctl 1.31.1, istiod 1.30.5', 'istioctl 1.31.1, istiod undefined'],
  },
  'pilot-status': { kept: '4 SYNCED', broken: ['3 SYNCED', 'no proxy of the caller, 0 SYNCED'] },
  'proxyv2-request-metrics': {
    kept: `source_principal=${identity} source_workload=meshed-caller response_code=200 connection_security_policy=mutual_tls`,
    broken: [
      `source_principal=${identity} source_workload=unknown response_code=200 connection_security_policy=mutual_tls`,
      'no series istio_requests_total',
    ],
  },
  'proxyv2-plaintext-metrics': {
    kept: 'source_workload=unknown response_code=200 connection_security_policy=none',
    broken: ['source_workload=curl response_code=200 connection_security_policy=none'],
  },
  'proxyv2-tcp-metrics': {
    kept: 'source_workload=meshed-caller',
    broken: ['no series istio_tcp_connections_closed_total'],
  },
  'proxyv2-extensions': {
    kept: 'envoy.filters.http.local_ratelimit, envoy.filters.http.lua, envoy.filters.http.wasm, envoy.wasm.runtime.v8',
    broken: ['', 'envoy.filters.http.local_ratelimit, envoy.filters.http.lua, envoy.filters.http.wasm'],
  },
  'proxyv2-refusal': {
    kept: 'RBAC: access denied HTTP 403; rbac.denied: 1; " 403 - rbac_access_denied_matched_policy[ns[m0-contracts]-policy[meshed]-rule[0]]',
    broken: [
      'RBAC: access denied HTTP 403; not counted; undefined',
      '<html>405</html> HTTP 405; not counted; undefined',
    ],
  },
  'proxyv2-no-connection': { kept: 'HTTP 503; " 503 URX,UF', broken: ['HTTP 503; undefined', 'HTTP 502; " 502 UF'] },
  'proxyv2-no-subset': {
    kept: 'HTTP/1.1 503 Service Unavailable; server: envoy;  503 NC',
    broken: ['HTTP/1.1 503 Service Unavailable; server: envoy;  503 UH', 'HTTP/1.1 200 OK; server: envoy; undefined'],
  },
  'proxyv2-outliers': {
    kept: 'ejections_active ejections_detected_consecutive_5xx ejections_enforced_total ejections_overflow',
    broken: ['', 'ejections_active ejections_overflow'],
  },
  'proxyv2-redirect': {
    kept: '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
    // With Istio's CNI plugin there is no such container.
    broken: ['error: container istio-init is not valid for pod meshed-caller\nexit 1'],
  },
  'proxyv2-strict': {
    kept: 'curl exit 56, no_filter_chain_match: 2; in the mesh HTTP 200',
    broken: [
      'curl exit 0, no_filter_chain_match: 0; in the mesh HTTP 200',
      'curl exit 56, undefined; in the mesh HTTP 200',
      'curl exit 56, no_filter_chain_match: 2; in the mesh HTTP 503',
    ],
  },
  'prometheus-query': {
    kept: 'Prometheus Server is Ready. vector(1) is 1',
    broken: ['Error from server (ServiceUnavailable) exit 1'],
  },
  'second-release': {
    kept: `a proxy of ${secondIstio.version} calls one of the first release: 200; changed: nothing; left: exit 0`,
    broken: [
      'no second release',
      `a proxy of ${secondIstio.version} calls one of the first release: 503; changed: nothing; left: exit 0`,
      `a proxy of ${secondIstio.version} calls one of the first release: 200; changed: ConfigMap/istio-ca-root-cert 12; left: exit 0`,
      `a proxy of ${secondIstio.version} calls one of the first release: 200; changed: nothing; left: service/istiod-m0-second`,
      `a proxy of ${versions.istio} calls one of the first release: 200; changed: nothing; left: exit 0`,
    ],
  },
  'argo-rollouts-version': {
    kept: `v${versions.argoRollouts}+unknown\nexit 0`,
    broken: [
      'v1.2.0+unknown\nexit 0',
      'Error from server (BadRequest): container "argo-rollouts" in pod "argo-rollouts" is waiting to start: trying and failing to pull image\nexit 1',
    ],
  },
  'jaeger-spans': {
    kept: 'pod/jaeger condition met; posted: 200; asked took 2 µs, its service',
    broken: [
      'error: timed out waiting for the condition on pods/jaeger; posted: 000; undefined took undefined µs, no such service',
      'pod/jaeger condition met; posted: 200; undefined took undefined µs, no such service',
    ],
  },
  'jaeger-log-records': {
    kept: 'pod/collector condition met; posted: 200; GET /contracts, code 200',
    broken: [
      'pod/collector condition met; posted: 200; none, code undefined',
      'pod/collector condition met; posted: 404; none, code undefined',
    ],
  },
  'opa-decides': {
    kept: 'pod/opa condition met; yes; told: 204; no; log: GET yes, GET no',
    broken: [
      'pod/opa condition met; yes; told: 204; yes; log: GET yes, GET yes',
      'pod/opa condition met; no answer (exit 52); told: 204; no answer (exit 52); log: ',
      'pod/opa condition met; yes; told: 204; no; log: ',
    ],
  },
  'alertmanager-notifies': {
    kept: `pod/alertmanager condition met; ${versions.alertmanager}; posted: 200; the webhook is told: firing`,
    broken: [
      `pod/alertmanager condition met; ${versions.alertmanager}; posted: 200; the webhook is told: undefined`,
      'pod/alertmanager condition met; ; posted: 200; the webhook is told: firing',
      'error: timed out waiting for the condition; undefined; posted: 000; the webhook is told: undefined',
    ],
  },
  'kiali-graph': { kept: 'nodes edges', broken: ['', 'nodes', 'not installed'] },
};

test('every contract has a sample that keeps it and one that breaks it, and there is no sample without a contract', () => {
  expect(Object.keys(samples).toSorted()).toEqual(contracts.map(({ name }) => name).toSorted());
});

test.each(contracts)('$name holds for an image that keeps it, and for none that breaks it', ({ name, holds }) => {
  const { kept = '', broken = [] } = samples[name] ?? {};
  expect(holds(kept)).toBe(true);
  expect(broken.length).toBeGreaterThan(0);
  expect([...broken, 'could not be asked: Error: timed out'].filter(holds)).toEqual([]);
});

test('every contract is about an image of the catalogue, the node or Kiali, and every image of it has one', () => {
  const known = [...imageRecipes.filter(({ ofNode }) => ofNode !== true).map(({ name }) => name), 'node', 'kiali'];
  expect([...new Set(contracts.map(({ image }) => image))].toSorted()).toEqual(known.toSorted());
});

test('each names what it puts in doubt: exercises, or what else relies on it', async () => {
  const dependents = await readDependents();
  const nobody = contracts.filter(
    ({ usedBy, alsoUsedBy }) => inDoubt(dependents, usedBy).length === 0 && alsoUsedBy === undefined,
  );
  expect(nobody.map(({ name }) => name)).toEqual([]);
  expect(inDoubt(dependents, /busybox, nc/)).toEqual(['m1.ts']);
});

test('both outputs are read, with how the command ended, and without what kubectl adds', () => {
  const stderr = 'Defaulted container "a" out of: a, b\nwget: no\ncommand terminated with exit code 4\n';
  expect(printed({ stdout: 'found', stderr, exitCode: 4 })).toBe('found\nwget: no\nexit 4');
  expect(inOneLine(`a\n b\n${'x'.repeat(9)}`, 8)).toBe('a ⏎ b ⏎ …');
});
