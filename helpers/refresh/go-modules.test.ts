import { expect, test } from 'vitest';

import { readGoFolder, replacedStaging } from './go-modules.ts';

const goMod = `module mesh-mastery.dev/kind/go/x

go 1.26.0

tool (
	go.etcd.io/etcd/server/v3
)

require (
	go.etcd.io/etcd/api/v3 v3.6.16 // indirect
	go.etcd.io/etcd/server/v3 v3.6.15 // indirect
)
`;

test('a folder is asked about by the module that its programs are in', () => {
  expect(readGoFolder('etcd', goMod)).toEqual({
    folder: 'etcd',
    tools: ['go.etcd.io/etcd/server/v3'],
    module: 'go.etcd.io/etcd/server/v3',
    version: 'v3.6.15',
  });
  expect(
    readGoFolder('kind', 'module x.dev/y\n\ntool sigs.k8s.io/kind\n\nrequire (\n\tsigs.k8s.io/kind v0.33.0\n)\n'),
  ).toMatchObject({
    module: 'sigs.k8s.io/kind',
    version: 'v0.33.0',
  });
});

test("the parts of Kubernetes go with it, and nobody else's", () => {
  const text = 'replace (\n\tk8s.io/api => k8s.io/api v0.36.3\n\tk8s.io/klog => k8s.io/klog v2.0.0\n)\n';
  expect(replacedStaging(text, 'v1.36.3', 'v1.36.5')).toBe(
    'replace (\n\tk8s.io/api => k8s.io/api v0.36.5\n\tk8s.io/klog => k8s.io/klog v2.0.0\n)\n',
  );
});
