import { expect, test } from 'vitest';

import { readDefaultRequests } from './default-requests.ts';

const daemonSet = (name: string, requests: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata:
  labels: { app: ${name} }
  name: ${name}
  namespace: istio-system
spec:
  template:
    spec:
      containers:
      - name: first
        resources:
          requests: ${requests}
`;
const injector = `apiVersion: v1
data:
  values: |-
    { "global": {
      "proxy": { "resources": { "requests": { "cpu": "100m", "memory": "128Mi" } } },
      "waypoint": { "resources": { "requests": { "cpu": "150m", "memory": "1Gi" } } } } }
kind: ConfigMap
metadata:
  name: istio-sidecar-injector
`;
const cni = daemonSet('istio-cni-node', '{ cpu: 100m, memory: 100Mi }');

test('each part is found by its name, and that of proxies in the values of the injector', () => {
  const manifests = [injector, daemonSet('ztunnel', '{ cpu: 200m, memory: 512Mi }'), cni].join('---\n');
  expect(readDefaultRequests(manifests)).toEqual({
    proxy: { milliCpu: 100, mebibytes: 128 },
    ztunnel: { milliCpu: 200, mebibytes: 512 },
    cni: { milliCpu: 100, mebibytes: 100 },
    waypoint: { milliCpu: 150, mebibytes: 1024 },
  });
});

test('what is missing is named', () => {
  expect(() => readDefaultRequests([injector, cni].join('---\n'))).toThrow('no DaemonSet ztunnel');
});

test('a part that asks for nothing is no request of 0', () => {
  expect(() => readDefaultRequests([injector, daemonSet('ztunnel', '{}'), cni].join('---\n'))).toThrow(RangeError);
});
