import { expect, test } from 'vitest';

import { homeOfIstiod, labReleases, objectsOfRevision, removeTrustBundle, uninstallArguments } from './own-istiod.ts';

test('the two releases of a lab are two minor versions, each with an istioctl of its own', () => {
  const { mesh, second } = labReleases;
  expect([mesh.minor, second.minor]).toEqual([expect.stringMatching(/^1\.\d+$/), expect.stringMatching(/^1\.\d+$/)]);
  expect(mesh.minor).not.toBe(second.minor);
  expect(second.istioctl).toBe(`istioctl-${second.minor}`);
  expect(second.tag).toMatch(new RegExp(`^${second.minor.replace('.', String.raw`\.`)}\\.`));
});

test('without settings it runs where the mesh runs, and serves every namespace', () => {
  expect(homeOfIstiod()).toEqual({ namespace: 'istio-system', isOwn: false, labels: {}, trustBundle: undefined });
});

test('settings may give it a namespace of its own, and with that a root, and choose whom it serves', () => {
  const settings = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: { name: apart }
spec:
  meshConfig: { discoverySelectors: [{ matchLabels: { mesh: apart } }] }
  values: { global: { istioNamespace: m8-apart-control, trustBundleName: apart-root } }
`;
  expect(homeOfIstiod(settings)).toEqual({
    namespace: 'm8-apart-control',
    isOwn: true,
    labels: { mesh: 'apart' },
    trustBundle: 'apart-root',
  });
  expect(removeTrustBundle('apart-root')).toEqual(
    expect.arrayContaining(['--all-namespaces', 'metadata.name=apart-root']),
  );
});

test('a revision is uninstalled where it was installed, and what is left of it is asked for in every namespace', () => {
  expect(uninstallArguments('1-30').join(' ')).toBe('uninstall --revision 1-30 --skip-confirmation');
  expect(uninstallArguments('apart', 'm8-apart-control')).toContain('values.global.istioNamespace=m8-apart-control');
  expect(objectsOfRevision('1-30')).toEqual(expect.arrayContaining(['--all-namespaces', 'istio.io/rev=1-30']));
});
